package berth.linux.netlink;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import berth.linux.process.NamespaceKind;
import berth.linux.process.NamespaceThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A netlink socket to the kernel: datagrams out and in. It belongs to the network namespace of the thread that made it,
 * whoever uses it. Source: netlink(7).
 */
final class NetlinkSocket implements AutoCloseable {
    private static final long SYS_SOCKET = 41;
    private static final long SYS_CONNECT = 42;
    private static final long SYS_SENDTO = 44;
    private static final long SYS_RECVFROM = 45;
    private static final long SYS_SETSOCKOPT = 54;

    private static final int AF_NETLINK = 16;
    private static final int SOCKADDR_SIZE = 12;
    private static final long SOCK_RAW_CLOEXEC = 3 | 02000000;
    private static final long MSG_TRUNC = 0x20;
    private static final long MSG_DONTWAIT = 0x40;
    private static final long SOL_SOCKET = 1;
    private static final long SO_SNDBUFFORCE = 32;
    private static final long SO_RCVBUFFORCE = 33;
    private static final long SOL_NETLINK = 270;
    private static final long NETLINK_ADD_MEMBERSHIP = 1;
    private static final long NETLINK_CAP_ACK = 10;
    private static final long NETLINK_EXT_ACK = 11;
    private static final long NETLINK_GET_STRICT_CHK = 12;

    /** More than the kernel puts into one datagram (32 KiB) or a notification can hold. */
    private static final int DATAGRAM = 64 * 1024;
    /** Holds the acknowledgements of some thousand requests. Only a limit: nothing is allocated. */
    private static final int BUFFER = 4 << 20;

    private final Fd fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(DATAGRAM);

    /** What is spoken over the socket. Source: linux/netlink.h. */
    enum Protocol {
        ROUTE(0),
        NETFILTER(12);

        private final long number;

        Protocol(long number) {
            this.number = number;
        }
    }

    private NetlinkSocket(Fd fd) {
        this.fd = fd;
    }

    /** A socket in the network namespace of the calling thread. */
    static NetlinkSocket open(Protocol protocol) {
        long number = Libc.syscall(SYS_SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, protocol.number);
        NetlinkSocket socket = new NetlinkSocket(Fd.own(Libc.check(number, "socket", "AF_NETLINK")));
        try {
            socket.enable(NETLINK_CAP_ACK);
            socket.enable(NETLINK_EXT_ACK);
            socket.enable(NETLINK_GET_STRICT_CHK);
            socket.buffers();
            socket.connect();
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** A socket in the network namespace {@code netns}. */
    static NetlinkSocket open(Protocol protocol, Fd netns) {
        return NamespaceThread.call(Map.of(NamespaceKind.NETWORK, netns), () -> open(protocol));
    }

    /** Takes part in the notifications of this group. */
    void join(int group) {
        set(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group, "NETLINK_ADD_MEMBERSHIP");
    }

    /** The descriptor, which polls readable when a datagram is there. */
    Fd fd() {
        return fd;
    }

    void send(byte[] datagram) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(datagram.length);
            MemorySegment.copy(datagram, 0, bytes, ValueLayout.JAVA_BYTE, 0, datagram.length);
            Libc.check(
                    Libc.syscallRetried(SYS_SENDTO, fd.number(), bytes.address(), datagram.length),
                    "sendto",
                    "AF_NETLINK");
        }
    }

    /** The messages of the next datagram, waiting for it. @throws KernelException ENOBUFS if one was lost before it */
    List<Received> receive() {
        return received(Libc.syscallRetried(SYS_RECVFROM, fd.number(), buffer.address(), DATAGRAM, MSG_TRUNC));
    }

    /** As {@link #receive()}, without waiting: empty if no datagram is there. */
    Optional<List<Received>> receiveNow() {
        long size =
                Libc.syscallRetried(SYS_RECVFROM, fd.number(), buffer.address(), DATAGRAM, MSG_TRUNC | MSG_DONTWAIT);
        return size == -Errno.EAGAIN.number() ? Optional.empty() : Optional.of(received(size));
    }

    private List<Received> received(long size) {
        int length = Libc.check(size, "recvfrom", "AF_NETLINK");
        if (length > DATAGRAM) {
            throw new KernelException("recvfrom", "AF_NETLINK", Errno.EMSGSIZE.number());
        }
        return Received.split(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void close() {
        fd.close();
    }

    private void enable(long option) {
        set(SOL_NETLINK, option, 1, "option " + option);
    }

    /** Takes the system's default sizes where the caller may not go beyond them. */
    private void buffers() {
        try {
            set(SOL_SOCKET, SO_SNDBUFFORCE, BUFFER, "SO_SNDBUFFORCE");
            set(SOL_SOCKET, SO_RCVBUFFORCE, BUFFER, "SO_RCVBUFFORCE");
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
    }

    private void set(long level, long option, int value, String about) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            long result = Libc.syscall(SYS_SETSOCKOPT, fd.number(), level, option, number.address(), Integer.BYTES);
            Libc.check(result, "setsockopt", about);
        }
    }

    /** To the kernel, port 0: it is the default destination, and datagrams of anyone else are refused from then on. */
    private void connect() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_SIZE, Integer.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
            Libc.check(
                    Libc.syscall(SYS_CONNECT, fd.number(), address.address(), SOCKADDR_SIZE), "connect", "AF_NETLINK");
        }
    }
}
