package berth.linux.netlink;

import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_DUMP;
import static berth.linux.netlink.NetlinkMessage.NLM_F_REPLACE;

/** Requests about neighbours, and about addresses that this host answers for. Source: rtnetlink(7), ip-neighbour(8). */
public final class Neighbours {
    private static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int RTM_GETNEIGH = 30;
    private static final int NTF_PROXY = 8;

    private Neighbours() {}

    /** Adds it, or puts it in the place of what is known of the address. */
    public static Request replace(Neighbour neighbour) {
        return Request.change(
                "replace neighbour",
                neighbour.toString(),
                neighbour.write(RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE));
    }

    /** Deletes it. @throws berth.linux.KernelException ENOENT, when sent, if there is none */
    public static Request delete(Neighbour neighbour) {
        return Request.change("delete neighbour", neighbour.toString(), neighbour.write(RTM_DELNEIGH, NLM_F_ACK));
    }

    static Request list() {
        return list("list neighbours", 0);
    }

    static Request listProxies() {
        return list("list proxy neighbours", NTF_PROXY);
    }

    private static Request list(String operation, int flags) {
        NetlinkMessage message = new NetlinkMessage(RTM_GETNEIGH, NLM_F_DUMP)
                .u32(0)
                .u32(0)
                .u16(0)
                .u8(flags)
                .u8(0);
        return Request.unacknowledged(operation, "", message);
    }
}
