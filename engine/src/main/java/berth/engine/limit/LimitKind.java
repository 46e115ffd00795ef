package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Optional;

/** The single limits, by the words that commands have for them. */
public enum LimitKind {
    CPU_LIMIT("cpu-limit"),
    MEMORY_LIMIT("memory-limit"),
    SWAP_LIMIT("swap-limit"),
    IO_LIMIT("io-limit"),
    PIDS_LIMIT("pids-limit"),
    CPU_WEIGHT("cpu-weight"),
    IO_WEIGHT("io-weight"),
    CPUSET("cpuset");

    private static final int MOST_DIGITS = 9;

    private final String word;

    LimitKind(String word) {
        this.word = word;
    }

    /** What commands call it, for instance {@code cpu-limit}. */
    public String word() {
        return word;
    }

    /** What {@code limits} say of it, in the words that {@link #set} reads. */
    public Optional<String> of(Limits limits) {
        Object value = switch (this) {
            case CPU_LIMIT -> limits.cpu();
            case MEMORY_LIMIT -> limits.memory();
            case SWAP_LIMIT -> limits.swap();
            case IO_LIMIT -> limits.io();
            case PIDS_LIMIT -> limits.pids();
            case CPU_WEIGHT -> limits.cpuWeight();
            case IO_WEIGHT -> limits.ioWeight();
            case CPUSET -> limits.cpuset();
        };
        return Optional.ofNullable(value).map(Object::toString);
    }

    /** {@code limits} with {@code text} for this one. @throws BerthException INVALID */
    public Limits set(Limits limits, String text) {
        return switch (this) {
            case CPU_LIMIT -> limits.withCpu(CpuTime.parse(text));
            case MEMORY_LIMIT -> limits.withMemory(Size.parse(text));
            case SWAP_LIMIT -> limits.withSwap(Size.parse(text));
            case IO_LIMIT -> limits.withIo(IoLimit.parse(text));
            case PIDS_LIMIT -> limits.withPids(number(text));
            case CPU_WEIGHT -> limits.withCpuWeight(Math.toIntExact(number(text)));
            case IO_WEIGHT -> limits.withIoWeight(Math.toIntExact(number(text)));
            case CPUSET -> limits.withCpuset(Processors.parse(text));
        };
    }

    /** {@code limits} without this one. */
    public Limits unset(Limits limits) {
        return switch (this) {
            case CPU_LIMIT -> limits.withCpu(null);
            case MEMORY_LIMIT -> limits.withMemory(null);
            case SWAP_LIMIT -> limits.withSwap(null);
            case IO_LIMIT -> limits.withIo(null);
            case PIDS_LIMIT -> limits.withPids(null);
            case CPU_WEIGHT -> limits.withCpuWeight(null);
            case IO_WEIGHT -> limits.withIoWeight(null);
            case CPUSET -> limits.withCpuset(null);
        };
    }

    private long number(String text) {
        String digits = text.strip();
        if (!digits.matches("\\d{1,%d}".formatted(MOST_DIGITS))) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a %s".formatted(text, word),
                    "give a whole number; 'unset %s' lifts it".formatted(word));
        }
        return Long.parseLong(digits);
    }
}
