package berth.linux.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What /proc says about a process. Everything is empty for a process that is gone; a number may be taken by another
 * process at any time, so hold a {@link Pidfd} and ask {@link Pidfd#isExited} after reading where it matters.
 * Source: proc(5).
 */
public final class Processes {
    private static final int START_TIME_AFTER_COMM = 19;
    private static final int PARENT_AFTER_COMM = 1;
    private static final int STATE_AFTER_COMM = 0;
    private static final String BOOT_TIME = "btime ";
    /** USER_HZ is 100 on every architecture. */
    private static final long MILLIS_PER_TICK = 10;

    private Processes() {}

    /** The children of every thread of {@code pid}. */
    public static List<Integer> children(int pid) {
        List<Integer> children = new ArrayList<>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                read(task.resolve("children")).ifPresent(text -> addNumbers(children, text));
            }
        } catch (NoSuchFileException gone) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return children;
    }

    /** Its numbers from the reader's pid namespace to its own, innermost last. */
    public static List<Integer> namespacePids(int pid) {
        List<Integer> pids = new ArrayList<>();
        statusField(pid, "NSpid:").ifPresent(text -> addNumbers(pids, text));
        return pids;
    }

    /** When it started, in clock ticks since the machine did; with the number it tells two processes apart. */
    public static OptionalLong startTime(int pid) {
        return stat(pid, START_TIME_AFTER_COMM)
                .map(Long::parseLong)
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** When it started, by the host's clock, to a second or so; empty if it is gone. Source: proc(5), btime in /proc/stat. */
    public static Optional<Instant> startedAt(int pid) {
        OptionalLong ticks = startTime(pid);
        return ticks.isEmpty()
                ? Optional.empty()
                : read(Path.of("/proc/stat"))
                        .flatMap(stat -> stat.lines()
                                .filter(l -> l.startsWith(BOOT_TIME))
                                .findFirst())
                        .map(l -> Instant.ofEpochSecond(Long.parseLong(l.substring(BOOT_TIME.length())))
                                .plusMillis(ticks.getAsLong() * MILLIS_PER_TICK));
    }

    /** Its parent's number, 0 if that is outside the reader's pid namespace. */
    public static OptionalInt parent(int pid) {
        return stat(pid, PARENT_AFTER_COMM)
                .map(Integer::parseInt)
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /** Whether it has ended and waits for its parent to notice. */
    public static boolean isZombie(int pid) {
        return stat(pid, STATE_AFTER_COMM).filter("Z"::equals).isPresent();
    }

    /** Its real user id, as the reader's user namespace sees it. */
    public static OptionalInt uid(int pid) {
        return statusField(pid, "Uid:")
                .map(text -> Integer.parseUnsignedInt(text.strip().split("\\s+")[0]))
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /** Its real group id, as the reader's user namespace sees it. */
    public static OptionalInt gid(int pid) {
        return statusField(pid, "Gid:")
                .map(text -> Integer.parseUnsignedInt(text.strip().split("\\s+")[0]))
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /** The name it goes by, at most 15 bytes that it chose itself. */
    public static Optional<String> comm(int pid) {
        return read(Path.of("/proc/" + pid + "/comm")).map(String::stripTrailing);
    }

    /** Its arguments, which it can change itself; none for a zombie or a kernel thread. */
    public static List<String> commandLine(int pid) {
        return read(Path.of("/proc/" + pid + "/cmdline"))
                .filter(text -> !text.isEmpty())
                .map(text -> List.of(text.split("\0")))
                .orElseGet(List::of);
    }

    /** A field of stat, counted from the one after the name: the name may hold spaces and brackets. */
    private static Optional<String> stat(int pid, int fieldAfterComm) {
        return read(Path.of("/proc/" + pid + "/stat"))
                .map(text -> text.substring(text.lastIndexOf(')') + 2).strip().split(" ")[fieldAfterComm]);
    }

    private static Optional<String> statusField(int pid, String name) {
        return read(Path.of("/proc/" + pid + "/status"))
                .flatMap(text -> text.lines().filter(l -> l.startsWith(name)).findFirst())
                .map(line -> line.substring(name.length()));
    }

    private static void addNumbers(List<Integer> numbers, String text) {
        Arrays.stream(text.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .map(Integer::valueOf)
                .forEach(numbers::add);
    }

    /** The text of a file in /proc; empty if it, or its process, is gone. */
    static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) {
                return Optional.empty();
            }
            throw new UncheckedIOException(e);
        }
    }
}
