package berth.linux.socket;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import berth.linux.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A Unix stream socket that waits for connections at a path. Source: unix(7). */
public final class UnixListener implements AutoCloseable {
    private static final long SYS_SHUTDOWN = 48;
    private static final long SYS_BIND = 49;
    private static final long SYS_LISTEN = 50;
    private static final long SYS_FLOCK = 73;
    private static final long SYS_FCHMOD = 91;
    private static final long SYS_FCHOWNAT = 260;
    private static final long SYS_FCHMODAT = 268;
    private static final long SYS_ACCEPT4 = 288;
    private static final long AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long LOCK_EX = 2;
    private static final long SOCK_CLOEXEC = 02000000;
    private static final long SHUT_RDWR = 2;
    private static final long BACKLOG = 4096;
    private static final long OWNER_ONLY = 0600;
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    private final Path path;
    private final Fd socket;
    private final Object inode;
    private volatile boolean closed;

    private UnixListener(Path path, Fd socket, Object inode) {
        this.path = path;
        this.socket = socket;
        this.inode = inode;
    }

    /**
     * Listens at {@code path}. A socket left there by a process that is gone is replaced; two processes that do this at
     * once do not take each other's.
     *
     * @param mode the file's permissions, for instance 0660; nobody but the caller's user can connect before they are set
     * @throws KernelException EADDRINUSE if somebody listens there, or something there is not a socket
     */
    public static UnixListener bind(Path path, int mode, int uid, int gid) {
        Path name = path.getFileName();
        Path parent = path.toAbsolutePath().getParent();
        if (name == null || parent == null) {
            throw new IllegalArgumentException("not a socket's path: " + path);
        }
        Fd socket = SocketAddress.newSocket();
        // Through its directory's descriptor, since a socket's address holds 107 bytes only; the lock ends with it.
        try (Fd directory = Fd.openForReading(parent);
                Arena arena = Arena.ofConfined()) {
            Libc.check(Libc.syscallRetried(SYS_FLOCK, directory.number(), LOCK_EX), "flock", parent.toString());
            removeStale(path);
            // A socket's file is born with the socket's own mode.
            Libc.check(Libc.syscall(SYS_FCHMOD, socket.number(), OWNER_ONLY), "fchmod", path.toString());
            SocketAddress address = SocketAddress.of(arena, directory.procPath() + "/" + name);
            Libc.check(
                    Libc.syscall(SYS_BIND, socket.number(), address.memory().address(), address.length()),
                    "bind",
                    path.toString());
            Libc.check(Libc.syscall(SYS_LISTEN, socket.number(), BACKLOG), "listen", path.toString());
            MemorySegment file = Libc.cString(arena, name.toString());
            long owner = Libc.syscall(SYS_FCHOWNAT, directory.number(), file.address(), uid, gid, AT_SYMLINK_NOFOLLOW);
            Libc.check(owner, "fchownat", path.toString());
            Libc.check(
                    Libc.syscall(SYS_FCHMODAT, directory.number(), file.address(), mode), "fchmodat", path.toString());
            return new UnixListener(path, socket, inodeOf(path));
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        } catch (IOException e) {
            socket.close();
            throw new UncheckedIOException(e);
        }
    }

    /** The path it listens at. */
    public Path path() {
        return path;
    }

    /** The socket, readable when somebody waits to be accepted; this listener keeps owning it. */
    public Fd fd() {
        return socket;
    }

    /** Waits for the next connection; empty once this listener is closed. */
    public Optional<UnixStream> accept() {
        while (!closed) {
            Optional<UnixStream> stream = accept(Duration.ofDays(1));
            if (stream.isPresent()) {
                return stream;
            }
        }
        return Optional.empty();
    }

    /**
     * Waits at most {@code limit} for the next connection; empty if none came or this listener is closed.
     *
     * @throws KernelException EMFILE if this process has too many files open
     */
    public Optional<UnixStream> accept(Duration limit) {
        try {
            if (Poll.await(socket, Poll.IN, limit) == 0) {
                return Optional.empty();
            }
            long result = Libc.syscallRetried(SYS_ACCEPT4, socket.number(), 0, 0, SOCK_CLOEXEC);
            if (closed || result == -Errno.EAGAIN.number() || result == -Errno.ECONNABORTED.number()) {
                return Optional.empty();
            }
            return Optional.of(UnixStream.own(Fd.own(Libc.check(result, "accept", path.toString()))));
        } catch (IllegalStateException e) {
            if (closed) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Stops listening, wakes {@link #accept} and removes the file, if it is still this listener's. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (inode.equals(inodeOf(path))) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            // Somebody removed it already.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Libc.syscall(SYS_SHUTDOWN, socket.number(), SHUT_RDWR);
            socket.close();
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path) || isListening(path)) {
            throw new KernelException("bind", path.toString(), Errno.EADDRINUSE.number());
        }
        Files.delete(path);
    }

    private static boolean isListening(Path path) {
        try (UnixStream probe = UnixStream.connect(path)) {
            return probe.fd().isOpen();
        } catch (KernelException e) {
            if (e.is(Errno.ECONNREFUSED)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & S_IFMT) == S_IFSOCK;
    }

    private static Object inodeOf(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }
}
