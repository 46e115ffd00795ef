package berth.linux.netlink;

import berth.linux.Fd;
import berth.linux.KernelException;
import java.util.Arrays;
import java.util.List;

/**
 * The elements of sets and maps of nftables in one network namespace. The tables themselves are loaded by others; only
 * what changes with each container goes this way. Needs CAP_NET_ADMIN.
 *
 * <p>Safe for use by several threads, which wait for each other. Source: nft(8), linux/netfilter/nf_tables.h.
 */
public final class NftSocket implements AutoCloseable {
    private final Conversation conversation;

    private NftSocket(NetlinkSocket socket) {
        this.conversation = new Conversation(socket);
    }

    /** Of the network namespace of the calling thread. */
    public static NftSocket open() {
        return new NftSocket(NetlinkSocket.open(NetlinkSocket.Protocol.NETFILTER));
    }

    /** Of the network namespace {@code netns}, which is not needed open afterwards. */
    public static NftSocket inNamespace(Fd netns) {
        return new NftSocket(NetlinkSocket.open(NetlinkSocket.Protocol.NETFILTER, netns));
    }

    /** As {@link #commit(List)}. */
    public void commit(NftChange... changes) {
        commit(Arrays.asList(changes));
    }

    /**
     * Makes all of {@code changes} at one moment, or none of them.
     *
     * @throws KernelException of the first that is impossible; nothing is changed then
     */
    public void commit(List<NftChange> changes) {
        conversation.sendWhole(NftChange.transaction(changes));
    }

    /** What is in {@code set} now. @throws KernelException ENOENT if there is no such set */
    public List<NftElement> elements(NftSet set) {
        return conversation.dump(NftChange.listElements(set)).stream()
                .flatMap(m -> NftChange.readElements(m).stream())
                .toList();
    }

    @Override
    public void close() {
        conversation.close();
    }
}
