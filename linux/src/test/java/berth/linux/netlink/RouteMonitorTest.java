package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class RouteMonitorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int BR0 = 100;
    private static final InterfaceAddress ADDRESS = InterfaceAddress.of(BR0, IpPrefix.parse("10.0.0.1/24"));
    private static final Route ROUTE = Route.direct(IpPrefix.parse("192.0.2.0/24"), BR0);

    private final TestNetwork network = new TestNetwork();

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void changesAreToldInTheirOrder() {
        try (RouteMonitor monitor =
                RouteMonitor.inNamespace(network.namespace(), EnumSet.allOf(RouteMonitor.Topic.class))) {
            assertThat(monitor.read()).isEmpty();

            network.socket()
                    .send(
                            Links.createBridge(
                                    NewLink.named("br0").withIndex(BR0).withUp(), Set.of()),
                            Addresses.add(ADDRESS),
                            Routes.add(ROUTE),
                            Routes.delete(ROUTE),
                            Addresses.delete(ADDRESS),
                            Links.delete(LinkId.of("br0")));

            assertThat(eventsUntilDeleted(monitor))
                    .filteredOn(e -> !(e instanceof RouteEvent.LinkChanged))
                    .filteredOn(e -> !(e instanceof RouteEvent.RouteChanged(Route r)) || r.equals(ROUTE))
                    .filteredOn(e -> !(e instanceof RouteEvent.RouteDeleted(Route r)) || r.equals(ROUTE))
                    .startsWith(
                            new RouteEvent.AddressChanged(ADDRESS.with(AddressFlag.PERMANENT)),
                            new RouteEvent.RouteChanged(ROUTE),
                            new RouteEvent.RouteDeleted(ROUTE),
                            new RouteEvent.AddressDeleted(ADDRESS.with(AddressFlag.PERMANENT)))
                    .last()
                    .isInstanceOf(RouteEvent.LinkDeleted.class);
        }
    }

    @Test
    void onlyWhatWasAskedForIsTold() {
        try (RouteMonitor monitor =
                RouteMonitor.inNamespace(network.namespace(), EnumSet.of(RouteMonitor.Topic.LINKS))) {
            network.socket()
                    .send(
                            Links.createBridge(
                                    NewLink.named("br0").withIndex(BR0).withUp(), Set.of()),
                            Addresses.add(ADDRESS),
                            Links.delete(LinkId.of(BR0)));

            assertThat(eventsUntilDeleted(monitor))
                    .hasOnlyElementsOfTypes(RouteEvent.LinkChanged.class, RouteEvent.LinkDeleted.class);
        }
    }

    @Test
    void changesThatWereNotReadInTimeAreReportedAsLost() {
        network.socket().send(Links.createBridge(NewLink.named("br0").withIndex(BR0), Set.of()));
        try (RouteMonitor monitor =
                RouteMonitor.inNamespace(network.namespace(), EnumSet.of(RouteMonitor.Topic.LINKS))) {
            List<Request> changes = IntStream.range(0, 8000)
                    .mapToObj(i -> Links.setMtu(LinkId.of(BR0), 1000 + i % 2))
                    .toList();

            network.socket().send(changes);

            assertThat(monitor.read()).contains(new RouteEvent.Overrun());
            assertThat(monitor.read()).isEmpty();
            network.socket().send(Links.setMtu(LinkId.of(BR0), 1400));
            assertThat(monitor.read()).isNotEmpty().doesNotContain(new RouteEvent.Overrun());
        }
    }

    private static List<RouteEvent> eventsUntilDeleted(RouteMonitor monitor) {
        List<RouteEvent> events = new ArrayList<>();
        while (events.stream().noneMatch(RouteEvent.LinkDeleted.class::isInstance)) {
            assertThat(Poll.await(monitor.fd(), Poll.IN, PATIENCE)).isNotZero();
            events.addAll(monitor.read());
        }
        return events;
    }
}
