package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import berth.linux.process.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
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
    /** How it prints an empty list. */
    private static final Set<String> NOTHING = Set.of("", "-");

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

    /**
     * @param place where it is mounted when it is; a word if ZFS mounts it nowhere
     * @param mounted whether it is now
     */
    record Mounting(String place, boolean mounted) {}

    /** Where file system {@code dataset} is mounted; empty if there is no such, or ZFS cannot tell. */
    Optional<Mounting> mounting(String dataset) {
        Captured told = zfs(List.of("list", "-H", "-o", "mounted,mountpoint", "-t", "filesystem", dataset));
        if (!told.status().isSuccess()) {
            return Optional.empty();
        }
        String[] fields = told.outputText().stripTrailing().split("\t", 2);
        return Optional.of(new Mounting(fields[1], fields[0].equals("yes")));
    }

    /** The snapshot that file system {@code dataset} is a clone of, if it is one. */
    Optional<String> origin(String dataset) {
        return Optional.of(property(dataset, "origin")).filter(o -> !o.equals("-"));
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

    /** @param clones the file systems that stand on it */
    record Taken(String name, String guid, Set<String> clones) {}

    /** The snapshots of {@code dataset} alone, in the order in which they were taken. Not for zfs-fuse. */
    List<Taken> taken(String dataset) {
        return lines("list", "-Hp", "-o", "name,guid,clones", "-s", "createtxg", "-t", "snapshot", "-d1", dataset)
                .stream()
                .map(line -> line.split("\t", -1))
                .map(f -> new Taken(f[0], f[1], NOTHING.contains(f[2]) ? Set.of() : Set.of(f[2].split(","))))
                .toList();
    }

    /** The snapshots beneath {@code dataset} by their guids, which are the same for one that was sent and for what was received of it. */
    Map<String, String> guids(String dataset) {
        return lines("list", "-H", "-p", "-o", "guid,name", "-t", "snapshot", "-r", dataset).stream()
                .map(line -> line.split("\t", -1))
                .collect(Collectors.toMap(f -> f[0], f -> f[1], (one, other) -> one));
    }

    /**
     * Runs {@code zfs} with the arguments {@code writing} and, to read what that writes, with {@code reading}, for as long as it takes.
     *
     * @param passed told how many bytes have passed so far
     * @throws BerthException CANCELLED if the thread is interrupted; otherwise as {@link #run}
     */
    void pipe(String about, List<String> writing, List<String> reading, LongConsumer passed) {
        Pipeline.Ended ended;
        try {
            ended = new Pipeline(command(words(writing)), command(words(reading)), passed).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "cancelled: " + about);
        }
        if (!ended.writer().status().isSuccess() || !ended.reader().status().isSuccess()) {
            // Each of them may complain of the end of the other, only one of the reason.
            throw failure(about, ended.writer().errorText() + ended.reader().errorText());
        }
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
        return capture(words(arguments));
    }

    private static List<String> words(List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("zfs"));
        words.addAll(arguments);
        return words;
    }

    private static Captured require(String about, Captured done) {
        if (done.status().isSuccess()) {
            return done;
        }
        throw failure(about, done.errorText());
    }

    private static BerthException failure(String about, String errors) {
        String why = String.join("; ", errors.strip().lines().toList());
        if (why.contains("is busy")) {
            return new BerthException(
                    ErrorCode.IN_USE, "%s: %s".formatted(about, why), "look for what uses it: 'fuser -m', 'lsof'");
        }
        if (why.contains("out of space") || why.contains("quota exceeded")) {
            return new BerthException(
                    ErrorCode.EXHAUSTED,
                    "%s: %s".formatted(about, why),
                    "delete what is not needed: snapshots, images, and with 'osctl trash prune --all' the trash");
        }
        return new BerthException(ErrorCode.FAILED, "%s: %s".formatted(about, why), "look at 'zpool status'");
    }

    private static Command command(List<String> words) {
        return Command.of(words).withEnvironment(ENVIRONMENT);
    }

    private static Captured capture(List<String> words) {
        try {
            return Capture.of(command(words)).keeping(MOST_OUTPUT).run(LIMIT);
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
