package berth.linux.netlink;

import static berth.linux.netlink.NetlinkMessage.NLM_F_ACK;
import static berth.linux.netlink.NetlinkMessage.NLM_F_CREATE;
import static berth.linux.netlink.NetlinkMessage.NLM_F_DUMP;

import java.util.ArrayList;
import java.util.List;

/**
 * A change to elements of sets and maps, or the end of a table, for {@link NftSocket#commit}. Source:
 * linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h.
 */
public final class NftChange {
    private static final int SUBSYSTEM = 10;
    private static final int BATCH_BEGIN = 16;
    private static final int BATCH_END = 17;
    private static final int DELTABLE = 2;
    private static final int NEWSETELEM = 12;
    private static final int GETSETELEM = 13;
    private static final int DELSETELEM = 14;
    private static final int TABLE_NAME = 1;
    private static final int LIST_TABLE = 1;
    private static final int LIST_SET = 2;
    private static final int LIST_ELEMENTS = 3;
    private static final int LIST_ELEM = 1;
    private static final int FIXED_SIZE = 4;
    /** An attribute holds 64 KiB, and an element of the largest keys and chain names less than 512 bytes. */
    private static final int MAX_ELEMENTS = 100;

    private final List<Request> requests;

    private NftChange(List<Request> requests) {
        this.requests = List.copyOf(requests);
    }

    /** Adds elements; those that are there already stay. @throws berth.linux.KernelException EEXIST, at the commit, if a map has another value for a key */
    public static NftChange add(NftSet set, List<NftElement> elements) {
        return elements("add elements to", set, elements, NEWSETELEM, NLM_F_CREATE);
    }

    /** Deletes elements. @throws berth.linux.KernelException ENOENT, at the commit, if one is not there */
    public static NftChange delete(NftSet set, List<NftElement> elements) {
        return elements("delete elements of", set, elements, DELSETELEM, 0);
    }

    /** Deletes every element. */
    public static NftChange clear(NftSet set) {
        return new NftChange(List.of(Request.change("clear set", set.toString(), list(set, DELSETELEM, NLM_F_ACK))));
    }

    /** Deletes the table with all that is in it. @throws berth.linux.KernelException ENOENT, at the commit, if it is not there */
    public static NftChange deleteTable(NftTable table) {
        NetlinkMessage message =
                header(type(DELTABLE), NLM_F_ACK, table.family().number(), 0).attribute(TABLE_NAME, table.name());
        return new NftChange(List.of(Request.change("delete table", table.toString(), message)));
    }

    /** The requests of one transaction that makes all of {@code changes}. */
    static List<Request> transaction(List<NftChange> changes) {
        List<Request> all = new ArrayList<>();
        all.add(Request.unacknowledged("change", "nftables", header(BATCH_BEGIN, 0, 0, SUBSYSTEM)));
        changes.forEach(c -> all.addAll(c.requests));
        all.add(Request.unacknowledged("change", "nftables", header(BATCH_END, 0, 0, SUBSYSTEM)));
        return all;
    }

    static Request listElements(NftSet set) {
        return Request.unacknowledged("list elements of", set.toString(), list(set, GETSETELEM, NLM_F_DUMP));
    }

    static List<NftElement> readElements(Received message) {
        return message.attributesAfter(FIXED_SIZE).nested(LIST_ELEMENTS).allNested(LIST_ELEM).stream()
                .map(NftElement::read)
                .toList();
    }

    private static NftChange elements(String operation, NftSet set, List<NftElement> elements, int type, int flags) {
        List<Request> requests = new ArrayList<>();
        for (int from = 0; from < elements.size(); from += MAX_ELEMENTS) {
            List<NftElement> some = elements.subList(from, Math.min(elements.size(), from + MAX_ELEMENTS));
            NetlinkMessage message = list(set, type, NLM_F_ACK | flags)
                    .nested(LIST_ELEMENTS, l -> some.forEach(e -> l.nested(LIST_ELEM, e::write)));
            requests.add(Request.change(operation, set.toString(), message));
        }
        return new NftChange(requests);
    }

    private static NetlinkMessage list(NftSet set, int type, int flags) {
        int family = set.table().family().number();
        return header(type(type), flags, family, 0)
                .attribute(LIST_TABLE, set.table().name())
                .attribute(LIST_SET, set.name());
    }

    private static int type(int message) {
        return (SUBSYSTEM << Byte.SIZE) | message;
    }

    /** A struct nfgenmsg, whose resource is in network byte order. */
    private static NetlinkMessage header(int type, int flags, int family, int resource) {
        return new NetlinkMessage(type, flags)
                .u8(family)
                .u8(0)
                .u8(resource >> Byte.SIZE)
                .u8(resource);
    }
}
