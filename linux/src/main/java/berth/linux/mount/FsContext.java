package berth.linux.mount;

import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A file system being configured. Source: fsopen(2), fsconfig(2), fsmount(2), Linux 5.2. */
final class FsContext implements AutoCloseable {
    private static final long SYS_FSOPEN = 430;
    private static final long SYS_FSCONFIG = 431;
    private static final long SYS_FSMOUNT = 432;
    private static final long FSOPEN_CLOEXEC = 1;
    private static final long FSMOUNT_CLOEXEC = 1;
    private static final long FSCONFIG_SET_STRING = 1;
    private static final long FSCONFIG_CMD_CREATE = 6;

    private final String about;
    private final Fd context;

    /** @param about what is to be mounted, for messages */
    FsContext(String type, String about) {
        this.about = about;
        try (Arena arena = Arena.ofConfined()) {
            long name = Libc.cString(arena, type).address();
            this.context = Fd.own(Libc.check(Libc.syscall(SYS_FSOPEN, name, FSOPEN_CLOEXEC), "fsopen", about));
        }
    }

    FsContext set(String key, String value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment k = Libc.cString(arena, key);
            MemorySegment v = Libc.cString(arena, value);
            long result =
                    Libc.syscall(SYS_FSCONFIG, context.number(), FSCONFIG_SET_STRING, k.address(), v.address(), 0);
            return explained(result, "fsconfig", about + " " + key + "=" + value);
        }
    }

    /** Creates the file system: its mount, attached nowhere. */
    Fd mount() {
        explained(Libc.syscall(SYS_FSCONFIG, context.number(), FSCONFIG_CMD_CREATE, 0, 0, 0), "fsconfig", about);
        return Fd.own(Libc.check(Libc.syscall(SYS_FSMOUNT, context.number(), FSMOUNT_CLOEXEC, 0), "fsmount", about));
    }

    private FsContext explained(long result, String call, String about) {
        if (result < 0) {
            throw new KernelException(call, about, (int) -result, String.join("; ", log()));
        }
        return this;
    }

    /** The kernel hands out one message per read, "e overlay: …" for an error, and fails with ENODATA after the last. */
    private List<String> log() {
        List<String> messages = new ArrayList<>();
        byte[] buffer = new byte[1024];
        try {
            for (int n = context.read(buffer, 0, buffer.length); n > 0; n = context.read(buffer, 0, buffer.length)) {
                String message = new String(buffer, 0, n, StandardCharsets.UTF_8).strip();
                messages.add(message.matches("[ewi] .*") ? message.substring(2) : message);
            }
        } catch (KernelException noMore) {
            return messages;
        }
        return messages;
    }

    @Override
    public void close() {
        context.close();
    }
}
