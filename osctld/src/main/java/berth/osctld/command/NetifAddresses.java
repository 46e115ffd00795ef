package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.network.Netif;
import berth.engine.network.RoutedNetwork;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ct netif ip} and {@code ct netif route}. */
final class NetifAddresses {
    private static final String ALL = "all";

    private NetifAddresses() {}

    private record Line(
            Container container,
            Netif netif,
            String text,
            @Nullable String via) {
        int version() {
            return text.contains(":") ? 6 : 4;
        }
    }

    private static Columns.Builder<Line> columns(String what) {
        return Columns.<Line>builder()
                .usual("pool", l -> l.container().id().pool())
                .usual("ctid", l -> l.container().name())
                .usual("netif", l -> l.netif().name())
                .usual("version", Kind.NUMBER, Line::version)
                .usual(what, Line::text);
    }

    /** A network and who takes it, as people write it. */
    static String words(RoutedNetwork route) {
        return route.via() == null ? route.network() : route.network() + " via " + route.via();
    }

    private static Stream<Netif> netifs(Call call, Container container, @Nullable String name) {
        return name == null
                ? container.spec().netifs().stream()
                : Stream.of(NetifCommands.network(call).get(container, name));
    }

    @Command(
            name = "add",
            description = {
                "Give an interface addresses, at once if the container runs",
                "The host routes them to the container if the interface is a routed one."
            },
            footer = {"osctl ct netif ip add web eth0 192.0.2.7/32", "osctl ct netif ip add web eth0 2001:db8::7/64"})
    static final class IpAdd extends NetifCommand {
        @Parameters(index = "2..*", arity = "1..*", paramLabel = "ADDR", description = "addresses with their prefixes")
        List<String> addresses = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = container(call);
            NetifCommands.network(call).change(container, name, call.caller(), before -> {
                List<String> all = new ArrayList<>(before.addresses());
                all.addAll(addresses);
                Netif after = before.withAddresses(all);
                if (after.addresses().size() != all.size()) {
                    throw new BerthException(
                            ErrorCode.EXISTS,
                            "interface '%s' of '%s' has one of these addresses already"
                                    .formatted(name, container.name()),
                            "'osctl ct netif ip ls %s' lists them".formatted(container.name()));
                }
                return after;
            });
            call.out().done("%s of %s has %s", name, container.name(), String.join(", ", addresses));
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Take addresses from an interface, at once if the container runs",
            footer = {"osctl ct netif ip del web eth0 192.0.2.7/32", "osctl ct netif ip del web eth0 all"})
    static final class IpDel extends NetifCommand {
        @Parameters(index = "2..*", arity = "1..*", paramLabel = "ADDR", description = "addresses, or 'all'")
        List<String> addresses = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = container(call);
            NetifCommands.network(call).change(container, name, call.caller(), before -> {
                List<String> rest = new ArrayList<>(before.addresses());
                for (String address : addresses) {
                    if (address.equals(ALL)) {
                        rest.clear();
                    } else if (!rest.removeIf(a -> a.equals(address) || a.startsWith(address + "/"))) {
                        throw missing(container, name, "address", address);
                    }
                }
                return before.withAddresses(rest);
            });
            call.out().done("%s of %s has no %s any more", name, container.name(), String.join(", ", addresses));
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List the addresses of a container",
            footer = "osctl ct netif ip ls web")
    static final class IpLs extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "IF", description = "of this interface only")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            List<Line> lines = netifs(call, container, name)
                    .flatMap(n -> n.addresses().stream().map(a -> new Line(container, n, a, null)))
                    .toList();
            list.print(call, columns("addr").build(), lines);
        }
    }

    @Command(
            name = "add",
            description = {"Let the host send networks to a routed interface", "At once if the container runs."},
            footer = {
                "osctl ct netif route add web eth0 198.51.100.0/28",
                "osctl ct netif route add --via 192.0.2.7 web eth0 198.51.100.0/28"
            })
    static final class RouteAdd extends NetifCommand {
        @Option(names = "--via", paramLabel = "ADDR", description = "the address of the container that takes them")
        @Nullable
        String via;

        @Parameters(index = "2..*", arity = "1..*", paramLabel = "NET", description = "networks")
        List<String> networks = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = container(call);
            NetifCommands.network(call).change(container, name, call.caller(), before -> {
                List<RoutedNetwork> all = new ArrayList<>(before.routes());
                for (String network : networks) {
                    RoutedNetwork added = new RoutedNetwork(network, via);
                    if (all.stream().anyMatch(r -> r.network().equals(added.network()))) {
                        throw new BerthException(
                                ErrorCode.EXISTS,
                                "%s is sent to interface '%s' of '%s' already"
                                        .formatted(network, name, container.name()),
                                "'osctl ct netif route ls %s' lists the routes".formatted(container.name()));
                    }
                    all.add(added);
                }
                return before.withRoutes(all);
            });
            call.out().done("%s is sent to %s of %s", String.join(", ", networks), name, container.name());
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = "Let the host send networks to a routed interface no longer",
            footer = "osctl ct netif route del web eth0 198.51.100.0/28")
    static final class RouteDel extends NetifCommand {
        @Parameters(index = "2..*", arity = "1..*", paramLabel = "NET", description = "networks, or 'all'")
        List<String> networks = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = container(call);
            NetifCommands.network(call).change(container, name, call.caller(), before -> {
                List<RoutedNetwork> rest = new ArrayList<>(before.routes());
                for (String network : networks) {
                    if (network.equals(ALL)) {
                        rest.clear();
                    } else if (!rest.removeIf(r -> r.network().equals(network))) {
                        throw missing(container, name, "route", network);
                    }
                }
                return before.withRoutes(rest);
            });
            call.out().done("%s is not sent to %s of %s any more", String.join(", ", networks), name, container.name());
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = "List the networks that the host sends to a container",
            footer = "osctl ct netif route ls web")
    static final class RouteLs extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "IF", description = "of this interface only")
        @Nullable
        String name;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            List<Line> lines = netifs(call, container, name)
                    .flatMap(n -> n.routes().stream().map(r -> new Line(container, n, r.network(), r.via())))
                    .toList();
            list.print(
                    call,
                    columns("addr")
                            .usual("via", l -> Optional.ofNullable(l.via()))
                            .build(),
                    lines);
        }
    }

    private static BerthException missing(Container container, String netif, String what, String text) {
        return new BerthException(
                ErrorCode.NOT_FOUND,
                "interface '%s' of '%s' has no %s %s".formatted(netif, container.name(), what, text),
                "'osctl ct netif %s ls %s' lists those it has"
                        .formatted(what.equals("route") ? "route" : "ip", container.name()));
    }
}
