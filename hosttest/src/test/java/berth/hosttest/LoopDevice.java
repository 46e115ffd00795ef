package berth.hosttest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's first loop device, {@code block 7 0}: one that nobody inherits, and that can be opened while it has no content. */
final class LoopDevice {
    private LoopDevice() {}

    /** Has the kernel make it, which many do only when somebody asks for a free one. Skips the tests if it has none. */
    static void appear(Host host) {
        host.shell("losetup -f").run();
        assumeTrue(Files.exists(Path.of("/dev/loop0")), "no loop device here");
    }
}
