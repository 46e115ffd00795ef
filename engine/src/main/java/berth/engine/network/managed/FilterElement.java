package berth.engine.network.managed;

import berth.linux.netlink.NftElement;
import berth.linux.netlink.NftKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** What a set or map of the filter has. */
record FilterElement(FilterSet set, NftElement element) {
    /** What lets {@code port} speak, as itself only, and be spoken to. */
    static SequencedSet<FilterElement> of(Port port, Intra intra) {
        SequencedSet<FilterElement> all = new LinkedHashSet<>();
        NftKey link = NftKey.builder().interfaceName(port.link()).build();
        all.add(of(FilterSet.PORTS, link));
        if (intra == Intra.DENY) {
            all.add(of(FilterSet.ISOLATED, link));
        }
        all.add(of(
                FilterSet.MACS,
                NftKey.builder().interfaceName(port.link()).mac(port.mac()).build()));
        port.addresses(true).forEach(a -> {
            all.add(of(FilterSet.ADDRESSES4, key(port, a)));
            all.add(of(FilterSet.KNOWN4, NftKey.builder().address(a).build()));
        });
        port.addresses(false)
                .forEach(a ->
                        all.add(of(FilterSet.KNOWN6, NftKey.builder().address(a).build())));
        port.speaking6().forEach(a -> {
            all.add(of(FilterSet.ADDRESSES6, key(port, a)));
            all.add(of(FilterSet.TARGETS6, key(port, a)));
        });
        return all;
    }

    /** What sends the ports of the host that {@code network} forwards to those of {@code ports} that are to answer. */
    static SequencedSet<FilterElement> of(Network network, List<Port> ports) {
        SequencedSet<FilterElement> all = new LinkedHashSet<>();
        for (Forward forward : network.forwards()) {
            for (boolean v4 : List.of(true, false)) {
                ports.stream()
                        .filter(p -> p.container().equals(forward.container()))
                        .flatMap(p -> p.addresses(v4).stream())
                        .findFirst()
                        .ifPresent(a -> all.add(of(forward, a, v4 ? FilterSet.FORWARDS4 : FilterSet.FORWARDS6)));
            }
        }
        return all;
    }

    /** What of {@code these} is not in {@code those}. */
    static List<FilterElement> missing(SequencedSet<FilterElement> these, SequencedSet<FilterElement> those) {
        List<FilterElement> missing = new ArrayList<>(these);
        missing.removeIf(those::contains);
        return missing;
    }

    private static FilterElement of(FilterSet set, NftKey key) {
        return new FilterElement(set, NftElement.of(key));
    }

    private static FilterElement of(Forward forward, InetAddress address, FilterSet map) {
        NftKey outside = NftKey.builder()
                .protocol(forward.protocolNumber())
                .port(forward.port())
                .build();
        NftKey inside = NftKey.builder().address(address).port(forward.target()).build();
        return new FilterElement(map, NftElement.of(outside, inside));
    }

    private static NftKey key(Port port, InetAddress address) {
        return NftKey.builder().interfaceName(port.link()).address(address).build();
    }
}
