package berth.engine.container;

import berth.engine.Instance;
import berth.engine.network.Forwarding;
import berth.engine.network.Interfaces;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import berth.engine.network.managed.Networks;
import berth.engine.network.managed.Port;
import berth.linux.netlink.LinkNames;
import berth.linux.netlink.MacAddress;
import java.util.List;
import java.util.stream.Collectors;

/** Tells the managed networks and the host what containers have of them, whenever that changes. */
final class ManagedPorts {
    private final Instance instance;
    private final Networks networks;
    private final Forwarding forwarding;

    ManagedPorts(Instance instance, Networks networks, Forwarding forwarding) {
        this.instance = instance;
        this.networks = networks;
        this.forwarding = forwarding;
    }

    /** What the full name of every interface of the instance begins with. */
    String prefix() {
        return instance.name() + ".";
    }

    /** The full name of an interface, unique on the host. */
    String full(ContainerId id, Netif netif) {
        return "%s%s.%s.%s".formatted(prefix(), id.pool(), id.name(), netif.name());
    }

    /** The container {@code id} has {@code netifs} from now on. */
    void settle(ContainerId id, List<Netif> netifs) {
        networks.settle(
                id.toString(),
                netifs.stream()
                        .filter(n -> n.type() == NetifType.BRIDGE)
                        .map(n -> new Port(
                                n.requireLink(),
                                id.toString(),
                                n.name(),
                                LinkNames.shortened(full(id, n)),
                                MacAddress.parse(n.hwaddr()),
                                n.prefixes(),
                                n.firewall()))
                        .toList());
        forwarding.need(
                "container " + id,
                netifs.stream().flatMap(n -> Interfaces.forwarded(n).stream()).collect(Collectors.toUnmodifiableSet()));
    }

    /** {@code netif} is there in the kernel. */
    void connected(ContainerId id, Netif netif) {
        if (netif.type() == NetifType.BRIDGE) {
            networks.connected(netif.requireLink(), LinkNames.shortened(full(id, netif)));
        }
    }
}
