package berth.linux.netlink;

import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_DUMP;
import static berth.linux.netlink.NetlinkMessage.NLM_F_EXCL;

/**
 * Requests about rules. They are marked as the kernel's own: a manager such as systemd-networkd removes what others made, and
 * leaves that. Source: rtnetlink(7); ip-rule(8).
 */
public final class Rules {
    private static final int RTM_NEWRULE = 32;
    private static final int RTM_DELRULE = 33;
    private static final int RTM_GETRULE = 34;

    private Rules() {}

    /** Adds one. @throws berth.linux.KernelException EEXIST, when sent, if it is there */
    public static Request add(Rule rule) {
        return Request.change(
                "add rule", rule.toString(), rule.write(RTM_NEWRULE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL));
    }

    /** Deletes it. @throws berth.linux.KernelException ENOENT, when sent, if there is none */
    public static Request delete(Rule rule) {
        return Request.change("delete rule", rule.toString(), rule.write(RTM_DELRULE, NLM_F_ACK));
    }

    static Request list() {
        NetlinkMessage message =
                new NetlinkMessage(RTM_GETRULE, NLM_F_DUMP).u32(0).u32(0).u32(0);
        return Request.unacknowledged("list rules", "", message);
    }
}
