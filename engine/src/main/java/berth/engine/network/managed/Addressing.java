package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.network.Netif;
import berth.linux.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of one network, of both families, and what they make of an interface. For use by one thread at a time. */
final class Addressing {
    private static final Logger LOG = LoggerFactory.getLogger(Addressing.class);

    private final Network network;
    private final Optional<AddressTable> ipv4;
    private final Optional<AddressTable> ipv6;

    Addressing(Network network) {
        this.network = network;
        this.ipv4 = AddressTable.of(network, true);
        this.ipv6 = AddressTable.of(network, false);
    }

    /** {@code netif} with an address of each family of the network, now {@code holder}'s. @throws BerthException as {@link AddressTable} */
    Netif complete(Netif netif, String holder) {
        List<String> addresses = new ArrayList<>();
        for (IpPrefix prefix : netif.prefixes()) {
            Optional<AddressTable> table = prefix.isIpv4() ? ipv4 : ipv6;
            // One that lies elsewhere is refused by the table of its family, or by the other if there is none.
            AddressTable responsible = table.or(() -> ipv4).or(() -> ipv6).orElseThrow();
            responsible.reserve(prefix.address(), holder);
            IpPrefix whole = prefix.isSingle() ? new IpPrefix(prefix.address(), responsible.prefixLength()) : prefix;
            addresses.add(whole.toString());
        }
        for (boolean v4 : List.of(true, false)) {
            if (netif.prefixes().stream().noneMatch(p -> p.isIpv4() == v4)) {
                (v4 ? ipv4 : ipv6)
                        .ifPresent(t -> addresses.add(new IpPrefix(t.allocate(holder), t.prefixLength()).toString()));
            }
        }
        Netif complete = netif.withAddresses(addresses);
        if (network.kind().isForwarded()) {
            return complete;
        }
        return complete.withGateways(unlessAuto(netif.gatewayWord(true)), unlessAuto(netif.gatewayWord(false)));
    }

    /** {@code netif}, which is no longer on this network, without its addresses here. */
    Netif without(Netif netif) {
        return netif.withAddresses(netif.prefixes().stream()
                .filter(p -> tables().noneMatch(t -> t.covers(p.address())))
                .map(IpPrefix::toString)
                .toList());
    }

    /** Makes the addresses of {@code port} its container's. Two that have the same are left to their administrator. */
    void take(Port port) {
        for (IpPrefix prefix : port.prefixes()) {
            try {
                (prefix.isIpv4() ? ipv4 : ipv6).ifPresent(t -> t.reserve(prefix.address(), port.holder()));
            } catch (BerthException e) {
                LOG.warn(
                        "Interface {} of {} is not as it should be: {}",
                        port.netif(),
                        port.container(),
                        e.getMessage());
            }
        }
    }

    /** Takes back all that {@code holder} has but the addresses of {@code kept}. */
    void keepOnly(String holder, List<Port> kept) {
        List<InetAddress> addresses = kept.stream()
                .flatMap(p -> p.prefixes().stream())
                .map(IpPrefix::address)
                .toList();
        tables().forEach(t -> t.keepOnly(holder, addresses));
    }

    /** Takes {@code prefixes} from {@code holder}. */
    void release(List<IpPrefix> prefixes, String holder) {
        prefixes.forEach(p -> (p.isIpv4() ? ipv4 : ipv6).ifPresent(t -> t.release(p.address(), holder)));
    }

    /** On a network that leads nowhere, no gateway is found out. */
    private static String unlessAuto(String gateway) {
        return gateway.equals(Netif.AUTO) ? Netif.NONE : gateway;
    }

    private Stream<AddressTable> tables() {
        return Stream.of(ipv4, ipv6).flatMap(Optional::stream);
    }
}
