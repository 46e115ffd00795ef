package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Extent;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a file that says it is large can fit at all, asked before its first byte is written. */
final class FreeSpace {
    /** Smaller files are not worth asking the file system. */
    private static final long LARGE = 16 << 20;

    private final FileStore store;

    FreeSpace(Path directory) throws IOException {
        this.store = Files.getFileStore(directory);
    }

    /** @throws BerthException EXHAUSTED if the data of {@code entry} are more than what is free */
    void require(ArchiveEntry entry) throws IOException {
        long wanted = entry.data().stream().mapToLong(Extent::length).sum();
        if (wanted > LARGE && wanted > store.getUsableSpace()) {
            throw new BerthException(
                    ErrorCode.EXHAUSTED,
                    "entry '%s' of %d MiB does not fit on the disk, which has %d MiB left"
                            .formatted(entry.shown(), wanted >> 20, store.getUsableSpace() >> 20));
        }
    }
}
