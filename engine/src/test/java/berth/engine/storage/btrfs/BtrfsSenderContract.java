package berth.engine.storage.btrfs;

import berth.engine.storage.LayerSenderContract;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Trash;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** Pools on btrfs in files. */
abstract class BtrfsSenderContract extends LayerSenderContract {
    final BtrfsDisks disks = new BtrfsDisks();

    @TempDir
    Path directory;

    @Override
    protected StorageDriver driver() {
        return new BtrfsDriver(NAMESPACES, new Trash(Runnable::run, new Random(1)));
    }
}
