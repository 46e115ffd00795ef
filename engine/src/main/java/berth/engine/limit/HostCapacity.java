package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import berth.linux.cgroup.CpuList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the whole machine has to give.
 *
 * @param processors those that are online
 * @param memory in bytes
 * @param swap in bytes
 * @param pids how many tasks there can be
 */
public record HostCapacity(CpuList processors, long memory, long swap, long pids) {
    private static final long MILLION = 1_000_000;
    private static final int LONGEST = 8192;

    /** What it has now. Source: proc(5), sysfs-devices-system-cpu. */
    public static HostCapacity now() {
        String memory = text(Path.of("/proc/meminfo"));
        return new HostCapacity(
                CpuList.parse(text(Path.of("/sys/devices/system/cpu/online"))),
                kibibytes(memory, "MemTotal:"),
                kibibytes(memory, "SwapTotal:"),
                Math.min(number("/proc/sys/kernel/pid_max"), number("/proc/sys/kernel/threads-max")));
    }

    /** Refuses what {@code after} newly asks for and no machine like this can hold. @throws BerthException INVALID */
    public void requireFor(Limits before, Limits after) {
        CpuTime cpu = after.cpu();
        CpuTime all = new CpuTime(processors.count() * MILLION);
        if (cpu != null && !cpu.equals(before.cpu()) && cpu.compareTo(all) > 0) {
            throw tooMuch(
                    "cpu-limit", cpu, "this host has %d processors, which is %s".formatted(processors.count(), all));
        }
        Size most = after.memory();
        if (most != null && !most.equals(before.memory()) && most.bytes() > memory) {
            throw tooMuch("memory-limit", most, "this host has %s of memory".formatted(rounded(memory)));
        }
        Long tasks = after.pids();
        if (tasks != null && !tasks.equals(before.pids()) && tasks > pids) {
            throw tooMuch("pids-limit", tasks, "this host has at most %d tasks".formatted(pids));
        }
        Processors cpuset = after.cpuset();
        if (cpuset != null
                && !cpuset.equals(before.cpuset())
                && !cpuset.list().without(processors).isEmpty()) {
            throw tooMuch("cpuset", cpuset, "this host has the processors %s".formatted(processors));
        }
    }

    private static BerthException tooMuch(String word, Object value, String host) {
        return new BerthException(
                ErrorCode.INVALID,
                "%s %s is more than there is: %s".formatted(word, value, host),
                "give less, or lift the limit with 'unset %s'".formatted(word));
    }

    private static Size rounded(long bytes) {
        return new Size(bytes >> 20 << 20);
    }

    private static long kibibytes(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(digits -> Long.parseLong(digits) << 10)
                .findFirst()
                .orElse(0);
    }

    private static long number(String file) {
        return Long.parseLong(text(Path.of(file)).strip());
    }

    private static String text(Path file) {
        // In one read: the kernel gives numbers to the first one only.
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }
}
