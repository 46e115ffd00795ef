package berth.engine.guest;

import berth.engine.network.GuestInterface;
import berth.linux.netlink.IpAddresses;
import berth.linux.netlink.IpPrefix;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done with ip(8), of iproute2 or of busybox. Each command also succeeds if all is as it should be, which it is when
 * init runs. Source: ip-address(8), ip-route(8), busybox iproute.c.
 */
final class IpCommands {
    private IpCommands() {}

    /** Those that give {@code one} its addresses and routes. */
    static List<String> of(GuestInterface one) {
        List<String> commands = new ArrayList<>();
        one.addresses().forEach(a -> commands.add(address(a, one.name())));
        one.routes().forEach(r -> commands.add(family(r.destination()) + " route replace " + words(r, one.name())));
        return commands;
    }

    /** The words for a route, as {@code ip route add} takes them. */
    static String words(GuestInterface.Hop hop, String name) {
        return destination(hop) + " dev " + name + options(hop);
    }

    /** The words for a route without its link. */
    static String words(GuestInterface.Hop hop) {
        return destination(hop) + options(hop);
    }

    private static String destination(GuestInterface.Hop hop) {
        String destination = hop.isDefault() ? "default" : hop.destination().toString();
        return destination
                + hop.gateway().map(g -> " via " + IpAddresses.text(g)).orElse("");
    }

    private static String options(GuestInterface.Hop hop) {
        String metric = hop.metric().isPresent() ? " metric " + hop.metric().getAsLong() : "";
        return metric + (hop.isOnLink() ? " onlink" : "");
    }

    private static String address(IpPrefix address, String name) {
        String broadcast = address.broadcast()
                .map(b -> " broadcast " + IpAddresses.text(b))
                .orElse("");
        return family(address) + " addr replace " + address + broadcast + " dev " + name;
    }

    private static String family(IpPrefix prefix) {
        return prefix.isIpv4() ? "ip" : "ip -6";
    }
}
