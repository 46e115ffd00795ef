package berth.engine.storage.btrfs;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.PoolDisks;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.disk.Btrfs;
import berth.linux.disk.LoopDevice;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** btrfs in files, by loop devices. The kernel frees the device of one that is unmounted. */
public final class BtrfsDisks implements PoolDisks {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String UNFINISHED = ".new";

    @Override
    public void make(Path file, long bytes) {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            Files.createDirectories(requireNonNull(file.getParent()));
            Files.deleteIfExists(unfinished);
            resize(unfinished, bytes);
            Captured made = Capture.of(Command.of("mkfs.btrfs", "--quiet", unfinished.toString())
                            .withEnvironment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")))
                    .run(LIMIT);
            if (!made.status().isSuccess()) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "%s cannot become a btrfs: %s"
                                .formatted(file, made.errorText().strip()),
                        "choose another --size; at least 256M");
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            DurableFile.syncDirectory(requireNonNull(file.getParent()));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                throw new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "this machine has no program 'mkfs.btrfs'",
                        "install it: apt install btrfs-progs");
            }
            throw e;
        } catch (IOException e) {
            throw FileFailure.of("write", unfinished, e);
        } catch (TimeoutException e) {
            throw new BerthException(
                    ErrorCode.TIMEOUT, "mkfs.btrfs did not end within %d s".formatted(LIMIT.toSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "cancelled while %s was made".formatted(file));
        } finally {
            unfinished.toFile().delete();
        }
    }

    @Override
    public void mount(Path file, Path target) {
        if (at(target).isPresent()) {
            return;
        }
        try {
            Files.createDirectories(target);
        } catch (IOException e) {
            throw FileFailure.of("make", target, e);
        }
        try (LoopDevice device = LoopDevice.of(file);
                Fd mount = Mounts.fileSystem("btrfs", device.path().toString())) {
            Mounts.attach(mount, target);
        }
    }

    @Override
    public void unmount(Path target) {
        if (at(target).isPresent()) {
            Mounts.unmount(target);
        }
    }

    @Override
    public void grow(Path file, Path target, long bytes) {
        MountPoint mount = at(target)
                .orElseThrow(
                        () -> new BerthException(ErrorCode.WRONG_STATE, "nothing is mounted at %s".formatted(target)));
        try {
            if (bytes <= Files.size(file)) {
                throw new BerthException(
                        ErrorCode.INVALID,
                        "%s has %d bytes already".formatted(file, Files.size(file)),
                        "it can only become larger");
            }
            resize(file, bytes);
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
        LoopDevice.grow(Path.of(mount.source()));
        Btrfs.growToDevice(target);
    }

    private static void resize(Path file, long bytes) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(bytes);
        }
    }

    private static Optional<MountPoint> at(Path target) {
        return Mounts.table().stream().filter(m -> m.target().equals(target)).findFirst();
    }
}
