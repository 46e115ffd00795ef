package berth.engine.lxcfs;

import berth.engine.BerthException;
import berth.engine.helper.Helper;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import berth.linux.process.PollLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance's own lxcfs, a file system with the views that containers have of their processors, memory and load. It outlives
 * the daemon; when it dies it is started again, and who wants to know is told. Safe for use by several threads.
 */
public final class Lxcfs {
    /** The type that the kernel knows its mounts by. */
    public static final String TYPE = "fuse.lxcfs";

    private static final Logger LOG = LoggerFactory.getLogger(Lxcfs.class);
    private static final Path FUSE = Path.of("/dev/fuse");
    private static final Duration BREATH = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path mountPoint;
    private final Path pidFile;
    private final Supplier<Optional<Path>> program;
    private final Helper helper;
    private final ReentrantLock lock = new ReentrantLock();
    /** Its files, open, by their paths beneath the mount point. */
    private final Map<String, Fd> files = new HashMap<>();

    private volatile Optional<String> device = Optional.empty();
    private volatile Runnable renewed = () -> {};
    private volatile boolean isWanted;

    /**
     * @param runDirectory where its mount point is made
     * @param program finds lxcfs
     */
    public Lxcfs(Path runDirectory, Supplier<Optional<Path>> program, PollLoop poll) {
        this.mountPoint = runDirectory.resolve("lxcfs");
        this.pidFile = runDirectory.resolve("lxcfs.pid");
        this.program = program;
        this.helper = new Helper("lxcfs", pidFile, mountPoint.toString(), poll);
    }

    /** {@code work} is done whenever an lxcfs has taken the place of one that died. */
    public void onRenewal(Runnable work) {
        renewed = work;
    }

    /** Serves, by the process that does so already or a new one. Does nothing but log where it cannot. */
    public void start() {
        lock.lock();
        try {
            isWanted = true;
            if (helper.adopt(this::ended) && mounted().isPresent()) {
                openFiles();
                return;
            }
            helper.end();
            serve();
        } catch (BerthException | KernelException e) {
            LOG.error("Containers see the host's processors and memory: {}", e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** Serves no more, and leaves nothing. */
    public void stop() {
        lock.lock();
        try {
            isWanted = false;
            // Asked to end, it first waits for its next reckoning of loads, for up to five seconds.
            helper.kill();
            helper.forget();
            closeFiles();
            unmount();
            Files.deleteIfExists(pidFile);
            Files.deleteIfExists(mountPoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Those of {@code paths} that it has, each as a detached mount, which the caller closes. It is not asked for them: one that
     * has died and is not replaced yet gives files that answer nothing.
     */
    Map<String, Fd> open(List<String> paths) {
        lock.lock();
        try {
            Map<String, Fd> trees = new LinkedHashMap<>();
            for (String path : paths) {
                Fd file = files.get(path);
                if (file != null) {
                    trees.put(path, Mounts.openTree(file));
                }
            }
            return trees;
        } finally {
            lock.unlock();
        }
    }

    /** What the host lacks; empty if it has all that is needed. */
    public Optional<String> absence() {
        if (program.get().isEmpty()) {
            return Optional.of("lxcfs is not installed");
        }
        return Files.exists(FUSE) ? Optional.empty() : Optional.of("the host has no " + FUSE);
    }

    /** The process, if it runs. */
    public Optional<Integer> pid() {
        lock.lock();
        try {
            return helper.pid();
        } finally {
            lock.unlock();
        }
    }

    /** The device number of its file system, {@code major:minor}; empty if it never served. */
    Optional<String> device() {
        return device;
    }

    private Optional<String> mounted() {
        return Mounts.table().stream()
                .filter(m -> m.target().equals(mountPoint) && m.type().equals(TYPE))
                .map(MountPoint::device)
                .reduce((_, latter) -> latter);
    }

    private void openFiles() {
        closeFiles();
        device = mounted();
        for (String path : Views.PATHS) {
            try {
                files.put(path, Fd.openPlace(mountPoint.resolve(path)));
            } catch (KernelException e) {
                // Which there are depends on its version.
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }

    private void closeFiles() {
        device = Optional.empty();
        files.values().forEach(Fd::close);
        files.clear();
    }

    private void serve() {
        Optional<String> absence = absence();
        if (absence.isPresent()) {
            LOG.warn("Containers see the host's processors and memory: {}", absence.get());
            return;
        }
        closeFiles();
        unmount();
        try {
            Files.createDirectories(mountPoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        helper.start(
                List.of(
                        program.get().orElseThrow().toString(),
                        "--foreground",
                        "--enable-loadavg",
                        "--enable-cfs",
                        "--pidfile=" + pidFile,
                        mountPoint.toString()),
                () -> Files.isDirectory(mountPoint.resolve("proc")),
                this::ended);
        openFiles();
    }

    /** What one that died has left there answers nothing but errors. */
    private void unmount() {
        boolean isMounted = true;
        while (isMounted) {
            try {
                Mounts.unmount(mountPoint);
            } catch (KernelException e) {
                if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                    throw e;
                }
                isMounted = false;
            }
        }
    }

    private void ended() {
        try {
            while (!renew()) {
                Thread.sleep(PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether nothing is left to be tried. */
    private boolean renew() throws InterruptedException {
        lock.lock();
        try {
            if (!isWanted || helper.isRunning()) {
                return true;
            }
            LOG.warn("lxcfs has died and is started again");
            helper.forget();
            serve();
        } catch (BerthException | KernelException e) {
            LOG.error("Containers see no processors and memory: {}", e.getMessage());
            return false;
        } finally {
            lock.unlock();
        }
        renewed.run();
        // One that dies as soon as it serves shall not take a processor for itself.
        Thread.sleep(BREATH);
        return true;
    }
}
