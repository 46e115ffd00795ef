package berth.linux.socket;

import berth.linux.Fd;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A struct sockaddr_un. Source: unix(7). */
record SocketAddress(MemorySegment memory, int length) {
    static final int AF_UNIX = 1;
    static final long SYS_SOCKET = 41;
    private static final long SOCK_STREAM = 1;
    private static final long SOCK_CLOEXEC = 02000000;
    private static final int PATH = 2;
    private static final int PATH_MAX = 108;

    /** @param name a path, or for an abstract name {@code @} and the name */
    static SocketAddress of(Arena arena, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = name.startsWith("@");
        if (bytes.length + (isAbstract ? 0 : 1) > PATH_MAX) {
            throw new IllegalArgumentException("too long for a socket's name: " + name);
        }
        MemorySegment memory = arena.allocate(PATH + PATH_MAX, Short.BYTES);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, PATH, bytes.length);
        if (isAbstract) {
            memory.set(ValueLayout.JAVA_BYTE, PATH, (byte) 0);
            return new SocketAddress(memory, PATH + bytes.length);
        }
        return new SocketAddress(memory, PATH + bytes.length + 1);
    }

    static Fd newSocket() {
        return Fd.own(Libc.check(Libc.syscall(SYS_SOCKET, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket", ""));
    }
}
