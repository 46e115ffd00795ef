package berth.engine.storage.btrfs;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.storage.LayerSender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Between two pools in one file system, where nothing has to be sent. */
class BtrfsSenderOnOneTest extends BtrfsSenderContract {
    @Override
    protected Path pool(String name) throws IOException {
        Path disk = directory.resolve("disk");
        disks.mount(made(disk), directory.resolve("mount"));
        Path pool = directory.resolve("mount").resolve(name);
        Files.createDirectories(pool.resolve("ct"));
        Files.createDirectory(pool.resolve("trash"));
        return pool;
    }

    private Path made(Path disk) {
        if (Files.notExists(disk)) {
            disks.make(disk, 256L << 20);
        }
        return disk;
    }

    @Override
    protected void assertSentAfterWriting(long bytes) {
        assertThat(bytes).isZero();
    }

    @AfterEach
    void unmountThePools() {
        disks.unmount(directory.resolve("mount"));
    }

    @Test
    void whichImageItStandsOnDoesNotMatter() throws IOException {
        in(here(), root -> Files.write(root.resolve("large"), large()));

        try (LayerSender sender = sender()) {
            assertThat(sender.beginOn(here().imageTree(), there().imageTree(), () -> false))
                    .isTrue();
            assertThat(send(sender, "web")).isZero();
        }

        in(there(), root -> assertThat(root.resolve("large")).exists());
    }
}
