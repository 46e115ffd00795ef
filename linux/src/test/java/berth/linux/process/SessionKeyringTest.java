package berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import berth.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Who has the keys of the session that the daemon was started in. */
class SessionKeyringTest {
    private static final long SYS_ADD_KEY = 248;
    private static final long SYS_KEYCTL = 250;
    private static final long SETPERM = 5;
    private static final long SESSION = -3;
    private static final long POSSESSOR_ALONE = 0x3f000000L;
    private static final String KEY = "berth-of-the-administrator";

    private static long planted() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = Libc.cString(arena, "user");
            MemorySegment name = Libc.cString(arena, KEY);
            long key = Libc.syscall(SYS_ADD_KEY, type.address(), name.address(), name.address(), 5, SESSION);
            return key < 0 ? key : Libc.syscall(SYS_KEYCTL, SETPERM, key, POSSESSOR_ALONE);
        }
    }

    private static String keysOf(Command.Grouping grouping) {
        Command command = Command.of("/bin/sh", "-c", "grep -c %s /proc/keys".formatted(KEY));
        try (Pipe out = Pipe.open();
                Child child = Spawner.spawn(command.withStdout(out.writer()).grouped(grouping))) {
            child.await();
            byte[] buffer = new byte[100];
            return new String(buffer, 0, out.reader().read(buffer, 0, buffer.length), StandardCharsets.UTF_8).strip();
        }
    }

    @Test
    void whatHasASessionOfItsOwnHasNoneOfThem() throws InterruptedException {
        assumeTrue(Files.isReadable(Path.of("/proc/keys")), "this kernel has no keys, or does not show them");
        String[] seen = new String[3];
        // The thread that plants it shall keep it no longer than this test.
        Thread thread = Thread.ofPlatform().start(() -> {
            seen[0] = Long.toString(planted());
            seen[1] = keysOf(Command.Grouping.INHERITED);
            seen[2] = keysOf(Command.Grouping.OWN_SESSION);
        });
        thread.join();

        assumeTrue("0".equals(seen[0]), "this kernel takes no key");
        assertThat(seen).containsExactly("0", "1", "0");
    }
}
