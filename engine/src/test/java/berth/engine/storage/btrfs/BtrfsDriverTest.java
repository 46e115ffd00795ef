package berth.engine.storage.btrfs;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.storage.StorageDriver;
import berth.engine.storage.StorageDriverContract;
import berth.engine.storage.Trash;
import berth.linux.disk.Btrfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BtrfsDriverTest extends StorageDriverContract {
    private final BtrfsDisks disks = new BtrfsDisks();

    @TempDir
    private Path directory;

    @Override
    protected StorageDriver driver(Path pool) {
        return new BtrfsDriver(NAMESPACES, new Trash(Runnable::run, new Random(1)));
    }

    @Override
    protected Path pool() throws IOException {
        Path file = directory.resolve("disk");
        Path pool = directory.resolve("pool");
        disks.make(file, 256L << 20);
        disks.mount(file, pool);
        Files.createDirectory(pool.resolve("ct"));
        Files.createDirectory(pool.resolve("trash"));
        return pool;
    }

    @Override
    protected Path imageTree(Path pool) throws IOException {
        return Files.createDirectories(pool.resolve("image/id/tree"));
    }

    @AfterEach
    void unmountThePool() {
        disks.unmount(directory.resolve("pool"));
    }

    @Test
    void aDiskGrowsWhileItIsMounted() throws IOException {
        Path pool = directory.resolve("pool");

        disks.grow(directory.resolve("disk"), pool, 512L << 20);

        assertThat(Files.getFileStore(pool).getTotalSpace()).isEqualTo(512L << 20);
    }

    @Test
    void aLayerInWhichAGuestMadeSubvolumesIsDestroyedToo() {
        Path layer = directory.resolve("pool/ct/web");
        Btrfs.create(layer.resolve("nested"));

        driver(directory.resolve("pool")).destroy(layer);

        assertThat(layer).doesNotExist();
        assertThat(directory.resolve("pool/trash")).isEmptyDirectory();
    }

    @Test
    void aDirectoryIsNoSubvolume() {
        assertThat(Btrfs.isSubvolume(directory.resolve("pool/ct/web"))).isTrue();
        assertThat(Btrfs.isSubvolume(directory.resolve("pool/ct"))).isFalse();
    }
}
