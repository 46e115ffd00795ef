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
import berth.linux.netlink.RouteSocket;
import berth.linux.netlink.TrafficShaping;
import java.util.Optional;

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
    void shape(Link end, Shaping shaping) {
        Long receiving = shaping.maxRx();
        Long sending = shaping.maxTx();
        try {
            if (receiving == null) {
                unlimitReceiving(end);
            } else {
                host.send(TrafficShaping.limitSending(end.index(), receiving / Byte.SIZE));
            }
            if (sending == null) {
                SendingLimit.lift(host, full, end);
            } else {
                SendingLimit.impose(host, full, end, sending / Byte.SIZE);
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTSUP)) {
                throw e;
            }
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "this kernel cannot limit what an interface carries that way: " + e.getMessage(),
                    "--max-rx needs a kernel with sch_tbf; --max-tx cls_u32, act_mirred and ifb besides",
                    e);
        }
    }

    private void unlimitReceiving(Link end) {
        try {
            host.send(TrafficShaping.unlimitSending(end.index()));
        } catch (KernelException e) {
            // There was no limit.
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                throw e;
            }
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
