package berth.linux.file;

import berth.linux.Errno;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes of a file that a path of the form {@code /proc/self/fd/N/name} names; a link as its last part is not
 * followed. Source: xattr(7).
 */
final class ExtendedAttributes {
    private static final long SYS_LSETXATTR = 189;
    private static final long SYS_LGETXATTR = 192;
    private static final long SYS_LLISTXATTR = 195;
    private static final long SYS_LREMOVEXATTR = 198;
    /** XATTR_LIST_MAX and XATTR_SIZE_MAX: the kernel returns no more. */
    private static final int MAX = 65536;

    private ExtendedAttributes() {}

    static Map<String, byte[]> all(String path) {
        try (Arena arena = Arena.ofConfined()) {
            long file = FileCalls.cString(arena, path);
            long size = Libc.syscall(SYS_LLISTXATTR, file, 0, 0);
            if (size == 0 || size == -Errno.ENOTSUP.number()) {
                return Map.of();
            }
            MemorySegment buffer = arena.allocate(MAX);
            size = Libc.check(
                    Libc.syscall(SYS_LLISTXATTR, file, buffer.address(), MAX), "llistxattr", FileName.printable(path));
            byte[] names = buffer.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
            Map<String, byte[]> attributes = new TreeMap<>();
            int start = 0;
            for (int i = 0; i < names.length; i++) {
                if (names[i] == 0) {
                    String name = FileName.decode(names, start, i - start);
                    start = i + 1;
                    long length =
                            Libc.syscall(SYS_LGETXATTR, file, FileCalls.cString(arena, name), buffer.address(), MAX);
                    if (length != -Errno.ENODATA.number()) {
                        Libc.check(length, "lgetxattr", FileName.printable(path));
                        attributes.put(name, buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
                    }
                }
            }
            return attributes;
        }
    }

    static void set(String path, String name, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, value.length));
            MemorySegment.copy(value, 0, copy, ValueLayout.JAVA_BYTE, 0, value.length);
            long result = Libc.syscall(
                    SYS_LSETXATTR,
                    FileCalls.cString(arena, path),
                    FileCalls.cString(arena, name),
                    copy.address(),
                    value.length,
                    0);
            Libc.check(result, "lsetxattr", FileName.printable(name));
        }
    }

    static void remove(String path, String name) {
        try (Arena arena = Arena.ofConfined()) {
            long result =
                    Libc.syscall(SYS_LREMOVEXATTR, FileCalls.cString(arena, path), FileCalls.cString(arena, name));
            Libc.check(result, "lremovexattr", FileName.printable(name));
        }
    }
}
