package berth.engine.network;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An interface while it is changed: the fields of {@link Netif}, which checks them when it is made of them. */
final class NetifDraft {
    String name;
    NetifType type;
    String hwaddr;

    @Nullable
    String link;

    @Nullable
    Integer mtu;

    List<String> addresses;
    boolean dhcp;

    @Nullable
    String gateway4;

    @Nullable
    String gateway6;

    List<String> via;
    List<RoutedNetwork> routes;
    List<String> hostAddresses;

    @Nullable
    Shaping shaping;

    boolean firewall;

    NetifDraft(Netif netif) {
        name = netif.name();
        type = netif.type();
        hwaddr = netif.hwaddr();
        link = netif.link();
        mtu = netif.mtu();
        addresses = netif.addresses();
        dhcp = netif.dhcp();
        gateway4 = netif.gateway4();
        gateway6 = netif.gateway6();
        via = netif.via();
        routes = netif.routes();
        hostAddresses = netif.hostAddresses();
        shaping = netif.shaping();
        firewall = netif.firewall();
    }

    Netif netif() {
        return new Netif(
                name,
                type,
                hwaddr,
                link,
                mtu,
                addresses,
                dhcp,
                gateway4,
                gateway6,
                via,
                routes,
                hostAddresses,
                shaping,
                firewall);
    }
}
