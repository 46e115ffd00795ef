package berth.engine.storage;

import static java.util.Objects.requireNonNull;

import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what was deleted out of the way at once, by a rename into the pool's {@code trash/}, and removes it later on a thread
 * of its own: nobody waits for a large tree to go. Safe for use by several threads.
 */
public final class Trash {
    private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

    private final Executor remover;
    private final RandomGenerator random;

    /** @param remover one thread is enough; what it has not done by a stop is done by {@link #empty} after the next start */
    public Trash(Executor remover, RandomGenerator random) {
        this.remover = remover;
        this.random = random;
    }

    /**
     * Removes {@code tree}, a directory two levels below its pool. After a power cut it may be there again, until its parent is
     * synchronized.
     *
     * @return false if it does not exist
     */
    public boolean discard(Path tree) {
        Path bin = requireNonNull(requireNonNull(tree.getParent()).getParent()).resolve("trash");
        String name = tree.getFileName() + "." + HexFormat.of().toHexDigits(random.nextLong());
        try {
            Files.move(tree, bin.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return false;
        } catch (AtomicMoveNotSupportedException e) {
            throw new UncheckedIOException("trash is not on the pool's file system", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        remover.execute(() -> remove(bin, name));
        return true;
    }

    /** Removes, in the background, all that is in {@code bin}. */
    public void empty(Path bin) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(bin)) {
            for (Path tree : left) {
                String name = String.valueOf(tree.getFileName());
                remover.execute(() -> remove(bin, name));
            }
        } catch (IOException e) {
            LOG.warn("Deleted things stay in {}: {}", bin, e.getMessage());
        }
    }

    private static void remove(Path bin, String name) {
        try (Directory directory = Directory.open(bin, Resolution.NO_LINKS)) {
            directory.removeTree(name);
        } catch (RuntimeException e) {
            LOG.warn("{} stays in {}: {}", name, bin, e.getMessage());
        }
    }
}
