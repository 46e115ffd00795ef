package berth.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A little of a file system that is taken while nobody needs it. When all the rest is used it is given up, so that what gives space
 * back, a deletion for instance, can be written down.
 */
public final class SpaceReserve {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceReserve.class);
    /** What a journal, and the files of a few objects, take in blocks of 128 KiB, the largest that file systems use. */
    private static final int BYTES = 2 << 20;

    private final Path file;

    /** @param file what takes the space, in a directory that exists */
    public SpaceReserve(Path file) {
        this.file = file;
    }

    /** Takes the space if it is not taken and there is plenty. Nothing fails because of it. */
    public void keep() {
        try {
            if (!Files.exists(file) && free() > 8L * BYTES) {
                byte[] noise = new byte[BYTES];
                // Some file systems have no room for what can be compressed.
                new SplittableRandom(BYTES).nextBytes(noise);
                DurableFile.write(file, noise, DurableFile.PRIVATE);
            }
        } catch (IOException e) {
            LOG.warn("No space is kept for deletions in {}: {}", file.getParent(), FileFailure.reason(e));
        }
    }

    /** Gives the space up if there is not as much besides. */
    public void lend() {
        try {
            if (free() < BYTES) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{} is not given up: {}", file, FileFailure.reason(e));
        }
    }

    private long free() throws IOException {
        return Files.getFileStore(Objects.requireNonNull(file.getParent())).getUsableSpace();
    }
}
