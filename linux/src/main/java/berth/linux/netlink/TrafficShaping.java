package berth.linux.netlink;

import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_REPLACE;

import java.util.List;
import java.util.function.Consumer;

/**
 * Requests that limit what passes a link, in bytes per second, link headers counted. Seen from the host's end of a veth,
 * what the link sends is what the container receives, and the other way round.
 *
 * <p>What is sent too fast waits in a token bucket (tc-tbf(8)); what comes in too fast is dropped (tc-matchall(8),
 * tc-police(8)), since nothing can make it wait without a second link.
 */
public final class TrafficShaping {
    private static final int RTM_NEWQDISC = 36;
    private static final int RTM_DELQDISC = 37;
    private static final int RTM_NEWTFILTER = 44;

    private static final int TC_H_ROOT = 0xffffffff;
    private static final int TC_H_CLSACT = 0xfffffff1;
    private static final int TC_H_CLSACT_INGRESS = 0xfffffff2;
    private static final int SENDING_HANDLE = 1 << 16;
    private static final int CLSACT_HANDLE = 0xffff0000;
    private static final int FILTER_HANDLE = 1;
    private static final int FILTER_PRIORITY = 1 << 16;
    /** All packets, in network byte order. */
    private static final int ETH_P_ALL = Short.toUnsignedInt(Short.reverseBytes((short) 3));

    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_TBF_PARMS = 1;
    private static final int TCA_TBF_RATE64 = 4;
    private static final int TCA_TBF_BURST = 6;
    private static final int TCA_MATCHALL_ACT = 2;
    private static final int TCA_ACT_KIND = 1;
    private static final int TCA_ACT_OPTIONS = 2;
    private static final int TCA_POLICE_TBF = 1;
    private static final int TCA_POLICE_RATE = 2;
    private static final int TCA_POLICE_RATE64 = 8;
    private static final int TC_ACT_SHOT = 2;

    private TrafficShaping() {}

    /** Limits what the link of this index sends, in place of any limit before. */
    public static Request limitSending(int link, long bytesPerSecond) {
        Rate rate = new Rate(bytesPerSecond);
        NetlinkMessage message = header(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, link, SENDING_HANDLE, TC_H_ROOT, 0)
                .attribute(TCA_KIND, "tbf")
                .nested(TCA_OPTIONS, o -> tokenBucket(o, rate));
        return Request.change("limit sending of", LinkId.of(link).toString(), message);
    }

    /** Sends without limit again. @throws berth.linux.KernelException EINVAL or ENOENT, when sent, if there was none */
    public static Request unlimitSending(int link) {
        return Request.change(
                "unlimit sending of",
                LinkId.of(link).toString(),
                header(RTM_DELQDISC, 0, link, SENDING_HANDLE, TC_H_ROOT, 0));
    }

    /**
     * Limits what the link of this index receives, in place of any limit before.
     *
     * @throws berth.linux.KernelException ENOENT, when sent, if the kernel has no {@code matchall} or no {@code police}
     */
    public static List<Request> limitReceiving(int link, long bytesPerSecond) {
        Rate rate = new Rate(bytesPerSecond);
        NetlinkMessage filter = header(
                        RTM_NEWTFILTER,
                        NLM_F_CREATE | NLM_F_REPLACE,
                        link,
                        FILTER_HANDLE,
                        TC_H_CLSACT_INGRESS,
                        FILTER_PRIORITY | ETH_P_ALL)
                .attribute(TCA_KIND, "matchall")
                .nested(TCA_OPTIONS, o -> o.nested(TCA_MATCHALL_ACT, a -> a.nested(1, police(rate))));
        return List.of(
                Request.change("prepare receiving of", LinkId.of(link).toString(), clsact(link)),
                Request.change("limit receiving of", LinkId.of(link).toString(), filter));
    }

    /** Receives without limit again. @throws berth.linux.KernelException EINVAL or ENOENT, when sent, if there was none */
    public static Request unlimitReceiving(int link) {
        return Request.change(
                "unlimit receiving of",
                LinkId.of(link).toString(),
                header(RTM_DELQDISC, 0, link, CLSACT_HANDLE, TC_H_CLSACT, 0));
    }

    private static NetlinkMessage clsact(int link) {
        return header(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, link, CLSACT_HANDLE, TC_H_CLSACT, 0)
                .attribute(TCA_KIND, "clsact");
    }

    /** A struct tc_tbf_qopt. Its bucket is given in time there, which TCA_TBF_BURST, in bytes, overrides. */
    private static void tokenBucket(NetlinkMessage options, Rate rate) {
        options.nested(TCA_TBF_PARMS, p -> {
            rate.write(p);
            Rate.writeNone(p);
            p.u32(rate.queue()).u32(rate.ticks(rate.sendingBurst())).u32(0);
        });
        options.attributeU32(TCA_TBF_BURST, rate.sendingBurst());
        if (rate.isWide()) {
            options.attributeU64(TCA_TBF_RATE64, rate.bytesPerSecond());
        }
    }

    /** A struct tc_police, whose packets beyond the rate are dropped, of any size (the mtu 0). */
    private static Consumer<NetlinkMessage> police(Rate rate) {
        return action -> action.attribute(TCA_ACT_KIND, "police").nested(TCA_ACT_OPTIONS, o -> {
            o.nested(TCA_POLICE_TBF, p -> {
                p.u32(0)
                        .u32(TC_ACT_SHOT)
                        .u32(0)
                        .u32(rate.ticks(rate.receivingBurst()))
                        .u32(0);
                rate.write(p);
                Rate.writeNone(p);
                p.u32(0).u32(0).u32(0);
            });
            o.attribute(TCA_POLICE_RATE, rate.table());
            if (rate.isWide()) {
                o.attributeU64(TCA_POLICE_RATE64, rate.bytesPerSecond());
            }
        });
    }

    /** A struct tcmsg. */
    private static NetlinkMessage header(int type, int flags, int link, int handle, int parent, int info) {
        return new NetlinkMessage(type, NLM_F_ACK | flags)
                .u32(0)
                .u32(link)
                .u32(handle)
                .u32(parent)
                .u32(info);
    }
}
