package berth.engine.backup;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.FailPoints;
import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Directories with backups, wherever callers have them. Each is used by one at a time, of all hosts that can lock a file there. */
public final class Backups {
    private static final String LOCK = "lock";

    private final InstantSource clock;
    private final FailPoints failPoints;
    /** A process cannot lock a file against itself. */
    private final Map<String, ReentrantLock> used = new ConcurrentHashMap<>();

    public Backups(InstantSource clock, FailPoints failPoints) {
        this.clock = clock;
        this.failPoints = failPoints;
    }

    /** What is done with an open directory. */
    @FunctionalInterface
    public interface Work<T> {
        T with(BackupDirectory directory);
    }

    /**
     * Makes the directory {@code opened}, which is empty or holds backups, one that holds backups, and runs {@code work} with it.
     *
     * @param opened stays the caller's
     * @param called what its user calls it
     * @throws BerthException INVALID if it holds something else; CANCELLED if the thread is interrupted
     */
    public <T> T inNew(Fd opened, String called, Progress progress, Work<T> work) {
        return in(opened, called, progress, directory -> {
            directory.prepare();
            return work.with(directory);
        });
    }

    /**
     * Runs {@code work} with the backups in {@code opened}.
     *
     * @param called what its user calls it
     * @throws BerthException NOT_FOUND if it holds none
     */
    public <T> T in(Fd opened, String called, Progress progress, Work<T> work) {
        try (Directory directory = Directory.of(opened.dup(), Resolution.NO_LINKS)) {
            FileStat stat = directory.stat();
            ReentrantLock lock =
                    used.computeIfAbsent("%x:%d".formatted(stat.device(), stat.inode()), _ -> new ReentrantLock(true));
            if (!lock.tryLock()) {
                progress.note("waiting for another backup to the same directory");
                lock.lockInterruptibly();
            }
            try (FileChannel file = FileChannel.open(
                            Path.of(opened.procPath()).resolve(LOCK),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    var _ = file.lock()) {
                return work.with(new BackupDirectory(directory, called, clock, failPoints));
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "the command was interrupted");
        } catch (IOException e) {
            throw new BerthException(
                    Thread.currentThread().isInterrupted() ? ErrorCode.CANCELLED : ErrorCode.FAILED,
                    "the backups in '%s' cannot be locked: %s".formatted(called, e.getMessage()),
                    null,
                    e);
        }
    }
}
