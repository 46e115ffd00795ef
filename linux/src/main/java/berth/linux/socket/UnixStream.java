package berth.linux.socket;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import berth.linux.Poll;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A connected Unix stream socket. One thread may read while another writes; {@link #shutdown} wakes both, closing does
 * not. Errors are {@link KernelException}s: EPIPE or ECONNRESET when the peer is gone. Source: unix(7), sendmsg(2).
 */
public final class UnixStream implements AutoCloseable {
    /** The most descriptors one message carries. Source: unix(7), SCM_MAX_FD. */
    public static final int MAX_FDS = 253;

    private static final long SYS_CONNECT = 42;
    private static final long SYS_SENDMSG = 46;
    private static final long SYS_RECVMSG = 47;
    private static final long SYS_SHUTDOWN = 48;
    private static final long SYS_SOCKETPAIR = 53;
    private static final long SYS_GETSOCKOPT = 55;
    private static final long SOCK_STREAM_CLOEXEC = 02000001;
    private static final long SOL_SOCKET = 1;
    private static final long SO_PEERCRED = 17;
    private static final long SHUT_WR = 1;
    private static final long SHUT_RDWR = 2;
    private static final long MSG_NOSIGNAL = 0x4000;
    private static final long MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_CTRUNC = 8;
    private static final int SCM_RIGHTS = 1;

    private static final int MSGHDR_SIZE = 56;
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int IOV_SIZE = 16;
    private static final int CMSG_HEADER = 16;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;

    private final Fd fd;

    private UnixStream(Fd fd) {
        this.fd = fd;
    }

    /** The stream on the connected socket {@code fd}, which it owns from now on. */
    public static UnixStream own(Fd fd) {
        return new UnixStream(fd);
    }

    /**
     * Connects to the socket at {@code path}.
     *
     * @throws KernelException ENOENT or ECONNREFUSED if nobody listens there
     */
    public static UnixStream connect(Path path) {
        Path name = path.getFileName();
        Path parent = path.toAbsolutePath().getParent();
        if (name == null || parent == null) {
            throw new IllegalArgumentException("not a socket's path: " + path);
        }
        try (Fd directory = Fd.openDirectory(parent)) {
            return connect(directory.procPath() + "/" + name, path.toString());
        }
    }

    /** Connects to the abstract socket {@code name}, given without its leading NUL byte. */
    public static UnixStream connectAbstract(String name) {
        return connect("@" + name, "@" + name);
    }

    private static UnixStream connect(String address, String about) {
        Fd socket = SocketAddress.newSocket();
        try (Arena arena = Arena.ofConfined()) {
            SocketAddress to = SocketAddress.of(arena, address);
            Libc.check(
                    Libc.syscallRetried(
                            SYS_CONNECT, socket.number(), to.memory().address(), to.length()),
                    "connect",
                    about);
            return new UnixStream(socket);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Two streams connected to each other. Source: socketpair(2). */
    public static List<UnixStream> pair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
            Libc.check(
                    Libc.syscall(SYS_SOCKETPAIR, SocketAddress.AF_UNIX, SOCK_STREAM_CLOEXEC, 0, ends.address()),
                    "socketpair",
                    "");
            return List.of(
                    new UnixStream(Fd.own(ends.getAtIndex(ValueLayout.JAVA_INT, 0))),
                    new UnixStream(Fd.own(ends.getAtIndex(ValueLayout.JAVA_INT, 1))));
        }
    }

    /** The socket, which this stream keeps owning. */
    public Fd fd() {
        return fd;
    }

    /** Who connected, or who listened when this end connected. */
    public PeerCredentials peer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ucred = arena.allocate(3L * Integer.BYTES, Integer.BYTES);
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, 3 * Integer.BYTES);
            long result =
                    Libc.syscall(SYS_GETSOCKOPT, fd.number(), SOL_SOCKET, SO_PEERCRED, ucred.address(), size.address());
            Libc.check(result, "getsockopt", "SO_PEERCRED");
            return new PeerCredentials(
                    ucred.getAtIndex(ValueLayout.JAVA_INT, 0),
                    ucred.getAtIndex(ValueLayout.JAVA_INT, 1),
                    ucred.getAtIndex(ValueLayout.JAVA_INT, 2));
        }
    }

    /** Reads what is there, waiting for the first byte; -1 at the end. Descriptors sent along are closed unseen. */
    public int read(byte[] buffer, int offset, int length) {
        return fd.read(buffer, offset, length);
    }

    /** Sends all of {@code data}. */
    public void write(byte[] data) {
        send(data, List.of());
    }

    /** Sends all of {@code data}, at least one byte if there are {@code fds}, which travel with the first. */
    public void send(byte[] data, List<Fd> fds) {
        if (fds.size() > MAX_FDS || (data.length == 0 && !fds.isEmpty())) {
            throw new IllegalArgumentException(fds.size() + " descriptors with " + data.length + " bytes");
        }
        List<Fd> withNext = fds;
        for (int sent = 0; sent < data.length; ) {
            sent += sendSome(data, sent, withNext);
            withNext = List.of();
        }
    }

    private int sendSome(byte[] data, int offset, List<Fd> fds) {
        int length = Math.min(Fd.CHUNK, data.length - offset);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(length);
            MemorySegment.copy(data, offset, bytes, ValueLayout.JAVA_BYTE, 0, length);
            MemorySegment header = header(arena, bytes, fds.size());
            if (!fds.isEmpty()) {
                MemorySegment control = controlOf(header, space(fds.size()));
                control.set(ValueLayout.JAVA_LONG, 0, CMSG_HEADER + (long) fds.size() * Integer.BYTES);
                control.set(ValueLayout.JAVA_INT, CMSG_LEVEL, (int) SOL_SOCKET);
                control.set(ValueLayout.JAVA_INT, CMSG_TYPE, SCM_RIGHTS);
                for (int i = 0; i < fds.size(); i++) {
                    control.set(
                            ValueLayout.JAVA_INT,
                            CMSG_HEADER + (long) i * Integer.BYTES,
                            fds.get(i).number());
                }
            }
            return Libc.check(retried(SYS_SENDMSG, header, MSG_NOSIGNAL, Poll.OUT), "sendmsg", "");
        }
    }

    /**
     * Receives at most {@code maxBytes}, waiting for the first, and the descriptors sent with them, close-on-exec. Bytes
     * sent with different descriptors come in different messages.
     *
     * @throws KernelException EMSGSIZE if there were more than {@code maxFds}; all of them are closed then
     */
    public Message receive(int maxBytes, int maxFds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.min(maxBytes, Fd.CHUNK));
            MemorySegment header = header(arena, bytes, maxFds);
            int count = Libc.check(retried(SYS_RECVMSG, header, MSG_CMSG_CLOEXEC, Poll.IN), "recvmsg", "");
            List<Fd> fds = received(header);
            if ((header.get(ValueLayout.JAVA_INT, MSG_FLAGS) & MSG_CTRUNC) != 0) {
                fds.forEach(Fd::close);
                throw new KernelException("recvmsg", "descriptors", Errno.EMSGSIZE.number());
            }
            return new Message(bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), fds);
        }
    }

    /** Whether the peer has closed or shut down its end; bytes it sent before may still be there to read. */
    public boolean isHungUp() {
        return (Poll.await(fd, Poll.RDHUP, Duration.ZERO) & (Poll.RDHUP | Poll.HUP | Poll.ERR)) != 0;
    }

    /** Ends both directions and wakes every thread that waits here; the descriptor stays open. */
    public void shutdown() {
        shutdown(SHUT_RDWR);
    }

    /** Tells the peer that nothing more will come; reading goes on. */
    public void shutdownOutput() {
        shutdown(SHUT_WR);
    }

    private void shutdown(long how) {
        long result = Libc.syscall(SYS_SHUTDOWN, fd.number(), how);
        if (result != -Errno.ENOTCONN.number()) {
            Libc.check(result, "shutdown", "");
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    private long retried(long call, MemorySegment header, long flags, short event) {
        while (true) {
            long result = Libc.syscallRetried(call, fd.number(), header.address(), flags);
            if (result != -Errno.EAGAIN.number()) {
                return result;
            }
            Poll.await(fd, event);
        }
    }

    private static MemorySegment header(Arena arena, MemorySegment bytes, int fds) {
        MemorySegment iov = arena.allocate(IOV_SIZE, Long.BYTES);
        iov.set(Libc.POINTER, 0, bytes);
        iov.set(ValueLayout.JAVA_LONG, Long.BYTES, bytes.byteSize());
        MemorySegment header = arena.allocate(MSGHDR_SIZE, Long.BYTES);
        header.set(Libc.POINTER, MSG_IOV, iov);
        header.set(ValueLayout.JAVA_LONG, MSG_IOVLEN, 1);
        if (fds > 0) {
            header.set(Libc.POINTER, MSG_CONTROL, arena.allocate(space(fds), Long.BYTES));
            header.set(ValueLayout.JAVA_LONG, MSG_CONTROLLEN, space(fds));
        }
        return header;
    }

    private static MemorySegment controlOf(MemorySegment header, long size) {
        return header.get(Libc.POINTER, MSG_CONTROL).reinterpret(size);
    }

    private static List<Fd> received(MemorySegment header) {
        List<Fd> fds = new ArrayList<>();
        long size = header.get(ValueLayout.JAVA_LONG, MSG_CONTROLLEN);
        if (size < CMSG_HEADER) {
            return fds;
        }
        MemorySegment control = controlOf(header, size);
        for (long at = 0; at + CMSG_HEADER <= size; ) {
            long length = control.get(ValueLayout.JAVA_LONG, at);
            boolean rights = control.get(ValueLayout.JAVA_INT, at + CMSG_LEVEL) == SOL_SOCKET
                    && control.get(ValueLayout.JAVA_INT, at + CMSG_TYPE) == SCM_RIGHTS;
            for (long i = CMSG_HEADER; rights && i + Integer.BYTES <= length; i += Integer.BYTES) {
                fds.add(Fd.own(control.get(ValueLayout.JAVA_INT, at + i)));
            }
            at += aligned(Math.max(length, CMSG_HEADER));
        }
        return fds;
    }

    private static long space(int fds) {
        return CMSG_HEADER + aligned((long) fds * Integer.BYTES);
    }

    private static long aligned(long length) {
        return (length + Long.BYTES - 1) & -Long.BYTES;
    }
}
