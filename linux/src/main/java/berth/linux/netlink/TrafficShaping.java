package berth.linux.netlink;

import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_EXCL;
import static berth.linux.netlink.NetlinkMessage.NLM_F_REPLACE;

import java.util.List;
import java.util.function.Consumer;

/**
 * Requests that limit what passes a link, in bytes per second, link headers counted. Seen from the host's end of a veth,
 * what the link sends is what the container receives, and the other way round.
 *
 * <p>What is sent too fast waits in a token bucket (tc-tbf(8)). What comes in cannot wait: it is passed through a second link
 * that sends it (tc-u32(8), tc-mirred(8)), which few kernels lack. A dropping policer would need act_police, and TCP suffers.
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
    private static final int FILTER_PRIORITY = 1 << 16;
    /** All packets, in network byte order. */
    private static final int ETH_P_ALL = Short.toUnsignedInt(Short.reverseBytes((short) 3));

    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_TBF_PARMS = 1;
    private static final int TCA_TBF_RATE64 = 4;
    private static final int TCA_TBF_BURST = 6;
    private static final int TCA_U32_SEL = 5;
    private static final int TCA_U32_ACT = 7;
    private static final int TCA_ACT_KIND = 1;
    private static final int TCA_ACT_OPTIONS = 2;
    private static final int TCA_MIRRED_PARMS = 2;
    private static final int TC_ACT_STOLEN = 4;
    private static final int TCA_EGRESS_REDIR = 1;
    /** A struct tc_u32_sel that is terminal and has one key, whose mask is 0. */
    private static final byte[] EVERYTHING = everything();

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
     * Passes all that the link {@code from} receives through the link {@code by}, an {@code ifb}, as if that sent it: what that
     * may send limits it. It goes on as received by {@code from}. Nothing may be passed from there yet.
     */
    public static List<Request> passReceived(int from, int by) {
        NetlinkMessage filter = header(
                        RTM_NEWTFILTER,
                        NLM_F_CREATE | NLM_F_EXCL,
                        from,
                        0,
                        TC_H_CLSACT_INGRESS,
                        FILTER_PRIORITY | ETH_P_ALL)
                .attribute(TCA_KIND, "u32")
                .nested(TCA_OPTIONS, o -> {
                    o.nested(TCA_U32_ACT, a -> a.nested(1, redirect(by)));
                    o.attribute(TCA_U32_SEL, EVERYTHING);
                });
        return List.of(
                Request.change("prepare receiving of", LinkId.of(from).toString(), clsact(from)),
                Request.change("limit receiving of", LinkId.of(from).toString(), filter));
    }

    /** Receives by itself again. @throws berth.linux.KernelException EINVAL or ENOENT, when sent, if it did */
    public static Request unpassReceived(int link) {
        return Request.change(
                "unlimit receiving of",
                LinkId.of(link).toString(),
                header(RTM_DELQDISC, 0, link, CLSACT_HANDLE, TC_H_CLSACT, 0));
    }

    private static byte[] everything() {
        byte[] selector = new byte[2 * 16];
        selector[0] = 1;
        selector[2] = 1;
        return selector;
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
            p.u32(rate.queue()).u32(rate.ticks(rate.burst())).u32(0);
        });
        options.attributeU32(TCA_TBF_BURST, rate.burst());
        if (rate.isWide()) {
            options.attributeU64(TCA_TBF_RATE64, rate.bytesPerSecond());
        }
    }

    /** A struct tc_mirred: the packet goes on by {@code link} and no longer here. */
    private static Consumer<NetlinkMessage> redirect(int link) {
        return action -> action.attribute(TCA_ACT_KIND, "mirred")
                .nested(
                        TCA_ACT_OPTIONS,
                        o -> o.nested(
                                TCA_MIRRED_PARMS,
                                p -> p.u32(0)
                                        .u32(0)
                                        .u32(TC_ACT_STOLEN)
                                        .u32(0)
                                        .u32(0)
                                        .u32(TCA_EGRESS_REDIR)
                                        .u32(link)));
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
