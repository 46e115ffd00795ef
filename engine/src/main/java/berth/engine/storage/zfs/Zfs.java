package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The programs {@code zfs} and {@code zpool}. Only what they print for scripts ({@code -H}) is read; what they complain of is
 * passed on. Uses what both OpenZFS and zfs-fuse 0.7 know. Source: zfs(8), zpool(8).
 */
final class Zfs {
    /** A pool with failing disks makes them wait for ever. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");
    private static final int MOST_OUTPUT = 64 << 20;

    /** @param origin the snapshot that it is a clone of, if it is one */
    record Listed(String name, Optional<String> origin) {}

    /** Runs {@code zfs} with {@code arguments}. @throws BerthException as it fails, saying what {@code about} cannot be done */
    void run(String about, List<String> arguments) {
        require(about, zfs(arguments));
    }

    /** Whether {@code zfs} with {@code arguments} succeeds. */
    boolean succeeds(String... arguments) {
        return zfs(List.of(arguments)).status().isSuccess();
    }

    /** Whether there is a file system or snapshot {@code name}. */
    boolean exists(String name) {
        return succeeds("list", "-H", "-o", "name", name);
    }

    /** Whether there is a ZFS pool {@code name}; none if the program is missing. */
    boolean hasZpool(String name) {
        return zpool("list", "-H", "-o", "name", name);
    }

    private static boolean zpool(String... arguments) {
        List<String> words = new ArrayList<>(List.of("zpool"));
        words.addAll(Arrays.asList(arguments));
        try {
            return capture(words).status().isSuccess();
        } catch (BerthException e) {
            if (e.code() == ErrorCode.UNSUPPORTED) {
                return false;
            }
            throw e;
        }
    }

    /** The value of a property, as scripts read it; {@code -} if it has none. */
    String property(String dataset, String property) {
        return require(
                        "the property %s of %s cannot be read".formatted(property, dataset),
                        zfs(List.of("get", "-H", "-p", "-o", "value", property, dataset)))
                .outputText()
                .strip();
    }

    /** The file systems beneath and with {@code dataset}. */
    List<Listed> fileSystems(String dataset) {
        return lines("list", "-H", "-o", "name,origin", "-t", "filesystem", "-r", dataset).stream()
                .map(line -> line.split("\t", -1))
                .map(f -> new Listed(f[0], f[1].equals("-") ? Optional.empty() : Optional.of(f[1])))
                .toList();
    }

    /** The snapshots of {@code dataset} and all beneath it, in the order in which they were taken. */
    List<String> snapshots(String dataset) {
        return lines("list", "-H", "-o", "name", "-s", "creation", "-t", "snapshot", "-r", dataset);
    }

    /** The values of {@code property} that the file systems beneath and with {@code dataset} have, {@code -} where none. */
    Map<String, String> properties(String property, String dataset) {
        return lines("list", "-H", "-o", "name," + property, "-t", "filesystem", "-r", dataset).stream()
                .map(line -> line.split("\t", -1))
                .collect(Collectors.toMap(f -> f[0], f -> f[1]));
    }

    /** What is of {@code type} beneath and with {@code dataset} and whose property has {@code value}. */
    List<String> withProperty(String property, String value, String type, String dataset) {
        return lines("list", "-H", "-o", "name," + property, "-t", type, "-r", dataset).stream()
                .map(line -> line.split("\t", -1))
                .filter(f -> f[1].equals(value))
                .map(f -> f[0])
                .toList();
    }

    private List<String> lines(String... arguments) {
        return require("what is in ZFS cannot be listed", zfs(List.of(arguments)))
                .outputText()
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static Captured zfs(List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("zfs"));
        words.addAll(arguments);
        return capture(words);
    }

    private static Captured require(String about, Captured done) {
        if (done.status().isSuccess()) {
            return done;
        }
        String why = done.errorText().strip();
        if (why.contains("is busy")) {
            throw new BerthException(
                    ErrorCode.IN_USE, "%s: %s".formatted(about, why), "look for what uses it: 'fuser -m', 'lsof'");
        }
        if (why.contains("out of space") || why.contains("quota exceeded")) {
            throw new BerthException(
                    ErrorCode.EXHAUSTED,
                    "%s: %s".formatted(about, why),
                    "delete what is not needed: snapshots, images, and with 'osctl trash prune --all' the trash");
        }
        throw new BerthException(ErrorCode.FAILED, "%s: %s".formatted(about, why), "look at 'zpool status'");
    }

    private static Captured capture(List<String> words) {
        try {
            return Capture.of(Command.of(words).withEnvironment(ENVIRONMENT))
                    .keeping(MOST_OUTPUT)
                    .run(LIMIT);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                throw new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "this machine has no program '%s'".formatted(words.getFirst()),
                        "install it: apt install zfsutils-linux");
            }
            throw e;
        } catch (TimeoutException e) {
            throw new BerthException(
                    ErrorCode.TIMEOUT,
                    "'%s' did not end within %d s".formatted(String.join(" ", words), LIMIT.toSeconds()),
                    "look at 'zpool status'");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "cancelled during '%s'".formatted(String.join(" ", words)));
        }
    }
}
