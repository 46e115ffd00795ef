package berth.engine.network;

import berth.linux.Fd;
import berth.linux.netlink.Link;
import berth.linux.netlink.LinkId;
import berth.linux.netlink.Links;
import berth.linux.netlink.MacAddress;
import berth.linux.netlink.NewLink;
import berth.linux.netlink.Request;
import berth.linux.netlink.RouteSocket;
import berth.linux.process.NamespaceKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Interfaces that are wholly inside the container: made there, or lent by the host. */
final class Moved {
    private Moved() {}

    static void createMacvlan(RouteSocket host, Netif netif, Link parent, Fd netns) {
        NewLink inside = NewLink.named(netif.name()).withNamespace(netns).withMac(MacAddress.parse(netif.hwaddr()));
        Integer mtu = netif.mtu();
        host.send(Links.createMacvlan(mtu == null ? inside : inside.withMtu(mtu), parent.index()));
    }

    /** Its MAC address and MTU are the hardware's unless something else was chosen; nothing of the host's is kept on it. */
    static void lend(RouteSocket host, RouteSocket guest, Netif netif, Link physical, Fd netns) {
        host.send(Links.down(physical.id()), Links.move(physical.index(), netns, netif.name()));
        LinkId inside = LinkId.of(netif.name());
        List<Request> chosen = new ArrayList<>(List.of(Links.setMac(inside, MacAddress.parse(netif.hwaddr()))));
        @Nullable Integer mtu = netif.mtu();
        if (mtu != null) {
            chosen.add(Links.setMtu(inside, mtu));
        }
        guest.send(chosen);
    }

    /** Under the name that it had on the host. */
    static void giveBack(RouteSocket guest, Netif netif) {
        guest.link(LinkId.of(netif.name())).ifPresent(link -> {
            try (Fd host =
                    NamespaceKind.NETWORK.of((int) ProcessHandle.current().pid())) {
                guest.send(Links.down(link.id()), Links.move(link.index(), host, netif.requireLink()));
            }
        });
    }
}
