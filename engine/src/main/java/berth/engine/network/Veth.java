package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.netlink.Link;
import berth.linux.netlink.LinkId;
import berth.linux.netlink.LinkNames;
import berth.linux.netlink.Links;
import berth.linux.netlink.MacAddress;
import berth.linux.netlink.NewLink;
import berth.linux.netlink.Request;
import berth.linux.netlink.RouteSocket;
import berth.linux.netlink.TrafficShaping;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A veth between the host and a container. */
final class Veth {
    private static final int FIRST_BYTE = 40;
    /** Locally administered, and high: a bridge takes the lowest of its ports' addresses for its own. */
    private static final long HIGH = 0xfeL;

    private final RouteSocket host;
    private final String full;

    Veth(RouteSocket host, String full) {
        this.host = host;
        this.full = full;
    }

    /** @param bridge what the host's end is a port of, if the interface is one of a bridge */
    void create(Netif netif, Optional<Link> bridge, Fd netns) {
        String name = LinkNames.shortened(full);
        MacAddress mac = MacAddress.parse(netif.hwaddr());
        int tx = netif.shape().sending();
        int rx = netif.shape().receiving();
        NewLink inside =
                NewLink.named(netif.name()).withNamespace(netns).withMac(mac).withQueues(tx, rx);
        NewLink outside = NewLink.named(name).withMac(hostsOf(mac)).withQueues(rx, tx);
        int mtu = mtu(netif, bridge);
        if (mtu > 0) {
            inside = inside.withMtu(mtu);
            outside = outside.withMtu(mtu);
        }
        if (bridge.isPresent()) {
            outside = outside.withMaster(bridge.get().index());
        }
        host.send(Links.createVeth(outside, inside));
        if (bridge.isPresent()) {
            Sysctl.mute(name);
        } else {
            Sysctl.guard(name, true);
        }
        if (!name.equals(full)) {
            host.send(Links.addAltNames(LinkId.of(name), full));
        }
        host.send(Links.up(LinkId.of(name)));
    }

    /** Limits what passes; what the host's end sends is what the container receives. */
    static void shape(RouteSocket host, Link end, Shaping shaping) {
        limit(
                host,
                shaping.maxRx(),
                rate -> List.of(TrafficShaping.limitSending(end.index(), rate)),
                TrafficShaping.unlimitSending(end.index()));
        limit(
                host,
                shaping.maxTx(),
                rate -> TrafficShaping.limitReceiving(end.index(), rate),
                TrafficShaping.unlimitReceiving(end.index()));
    }

    private interface Limit {
        List<Request> of(long bytesPerSecond);
    }

    private static void limit(RouteSocket host, @Nullable Long bits, Limit limit, Request unlimit) {
        if (bits != null) {
            impose(host, limit.of(bits / Byte.SIZE));
            return;
        }
        try {
            host.send(unlimit);
        } catch (KernelException e) {
            // There was no limit.
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static void impose(RouteSocket host, List<Request> limit) {
        try {
            host.send(limit);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "this kernel cannot limit what an interface carries that way: " + e.getMessage(),
                    "what a container sends needs a kernel with cls_matchall and act_police; --max-rx needs sch_tbf",
                    e);
        }
    }

    /** A port that carries less than its bridge would lose large packets. */
    private static int mtu(Netif netif, Optional<Link> bridge) {
        Integer chosen = netif.mtu();
        return chosen != null ? chosen : bridge.map(Link::mtu).orElse(0);
    }

    private static MacAddress hostsOf(MacAddress inside) {
        return new MacAddress((inside.bits() & ~(0xffL << FIRST_BYTE)) | (HIGH << FIRST_BYTE));
    }
}
