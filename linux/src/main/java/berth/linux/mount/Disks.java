package berth.linux.mount;

import berth.linux.file.DeviceNumber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/** The disks that files are on, as the kernel counts their reads and writes: whole ones. Source: sysfs-block, sysfs-dev. */
public final class Disks {
    private static final Path NUMBERS = Path.of("/sys/dev/block");

    private Disks() {}

    /** The disk beneath the file system that holds the host's file {@code path}; empty if it is on none, or on several. */
    public static Optional<DeviceNumber> beneath(Path path) {
        DeviceNumber number = number(path, "unix:dev");
        return number.major() != 0 ? whole(number) : mounted(path).flatMap(Disks::named);
    }

    /** The disk that the block device {@code device} is, or is a part of; empty if it is no block device. */
    public static Optional<DeviceNumber> named(Path device) {
        return Files.exists(device) ? whole(number(device, "unix:rdev")) : Optional.empty();
    }

    private static Optional<DeviceNumber> whole(DeviceNumber number) {
        Path entry = NUMBERS.resolve(number.toString());
        if (!Files.exists(entry)) {
            return Optional.empty();
        }
        try {
            Path disk = Files.exists(entry.resolve("partition"))
                    ? entry.toRealPath().resolve("..")
                    : entry;
            return Optional.of(DeviceNumber.parse(Files.readString(disk.resolve("dev"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is mounted where {@code path} is, for file systems that have no device number of their own, such as btrfs. */
    private static Optional<Path> mounted(Path path) {
        return Mounts.table().stream()
                .filter(mount -> path.startsWith(mount.target()))
                .max(Comparator.comparingInt(mount -> mount.target().getNameCount()))
                .map(MountPoint::source)
                .filter(source -> source.startsWith("/dev/"))
                .map(Path::of);
    }

    private static DeviceNumber number(Path path, String attribute) {
        try {
            return DeviceNumber.ofDevT(((Number) Files.getAttribute(path, attribute)).longValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
