package berth.linux.netlink;

import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_DUMP;
import static berth.linux.netlink.NetlinkMessage.NLM_F_EXCL;
import static berth.linux.netlink.NetlinkMessage.NLM_F_REPLACE;

/** Requests about the addresses of links. Source: rtnetlink(7), ip-address(8). */
public final class Addresses {
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;

    private static final int RTM_GETADDR = 22;

    private Addresses() {}

    /** Adds one that the link does not have. */
    public static Request add(InterfaceAddress address) {
        return change("add address", address, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    }

    /** Adds one, or changes the flags of the one that the link has. */
    public static Request replace(InterfaceAddress address) {
        return change("replace address", address, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
    }

    /** Deletes it. @throws berth.linux.KernelException EADDRNOTAVAIL, when sent, if the link does not have it */
    public static Request delete(InterfaceAddress address) {
        return change("delete address", address, RTM_DELADDR, 0);
    }

    static Request list() {
        return Request.unacknowledged(
                "list addresses",
                "",
                new NetlinkMessage(RTM_GETADDR, NLM_F_DUMP).u32(0).u32(0));
    }

    private static Request change(String operation, InterfaceAddress address, int type, int flags) {
        return Request.change(operation, address.toString(), address.write(type, NLM_F_ACK | flags));
    }
}
