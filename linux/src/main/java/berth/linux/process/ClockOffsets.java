package berth.linux.process;

import berth.linux.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * By how many seconds the clocks of a time namespace differ from the machine's. Source: time_namespaces(7), Linux 5.6.
 *
 * @param monotonic of CLOCK_MONOTONIC
 * @param boot of CLOCK_BOOTTIME, which tells the uptime
 */
public record ClockOffsets(long monotonic, long boot) {
    /** The offsets of the namespace that children of this process get, which is its own. */
    private static final Path OWN = Path.of("/proc/self/timens_offsets");

    private static final long SYS_CLOCK_GETTIME = 228;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_BOOTTIME = 7;

    /** Those of a namespace in which no second has passed since both clocks began; empty if this kernel has none. */
    public static Optional<ClockOffsets> toZero() {
        try {
            // The kernel counts from the machine's clocks, which this process does not see if it is in such a namespace
            // itself.
            ClockOffsets own = parse(Files.readString(OWN));
            return Optional.of(
                    new ClockOffsets(own.monotonic - seconds(CLOCK_MONOTONIC), own.boot - seconds(CLOCK_BOOTTIME)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of lines such as {@code monotonic -12 0}; since Linux 5.7 they have names, before they had the clocks' numbers. */
    static ClockOffsets parse(String text) {
        long monotonic = 0;
        long boot = 0;
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "monotonic", "1" -> monotonic = Long.parseLong(words[1]);
                case "boottime", "7" -> boot = Long.parseLong(words[1]);
                default -> throw new IllegalArgumentException("unknown clock " + words[0]);
            }
        }
        return new ClockOffsets(monotonic, boot);
    }

    private static long seconds(int clock) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
            Libc.check(Libc.syscall(SYS_CLOCK_GETTIME, clock, time.address()), "clock_gettime", "" + clock);
            return time.getAtIndex(ValueLayout.JAVA_LONG, 0);
        }
    }
}
