package berth.engine.storage.dir;

import berth.engine.storage.StorageDriver;
import berth.engine.storage.StorageDriverContract;
import berth.engine.storage.Trash;
import berth.linux.mount.Overlays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class DirDriverTest extends StorageDriverContract {
    @TempDir
    private Path directory;

    private final List<Overlays> overlays = new ArrayList<>();

    @AfterEach
    void nothingIsMountedWhereLayersAreAttachedForTheMoment() {
        overlays.forEach(Overlays::cleanUp);
    }

    protected Path directory() {
        return directory;
    }

    @Override
    protected StorageDriver driver(Path pool) {
        Trash trash = new Trash(
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory()), new Random(1));
        overlays.add(new Overlays(pool.resolve("scratch")));
        return new DirDriver(overlays.getLast(), NAMESPACES, trash);
    }

    @Override
    protected Path pool() throws IOException {
        Files.createDirectory(directory.resolve("ct"));
        Files.createDirectory(directory.resolve("trash"));
        return directory;
    }

    @Override
    protected Path imageTree(Path pool) throws IOException {
        return Files.createDirectory(pool.resolve("image"));
    }
}
