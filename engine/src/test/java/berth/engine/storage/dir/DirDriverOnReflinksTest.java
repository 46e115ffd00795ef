package berth.engine.storage.dir;

import berth.engine.storage.btrfs.BtrfsDisks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

/** Where copies share blocks: a btrfs in a file. */
class DirDriverOnReflinksTest extends DirDriverTest {
    private final BtrfsDisks disks = new BtrfsDisks();

    @Override
    protected Path pool() throws IOException {
        Path file = directory().resolve("disk");
        Path pool = directory().resolve("pool");
        disks.make(file, 256L << 20);
        disks.mount(file, pool);
        Files.createDirectory(pool.resolve("ct"));
        Files.createDirectory(pool.resolve("trash"));
        return pool;
    }

    @AfterEach
    void unmountThePool() {
        disks.unmount(directory().resolve("pool"));
    }
}
