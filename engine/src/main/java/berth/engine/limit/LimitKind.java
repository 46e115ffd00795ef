package berth.engine.limit;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The single limits, by the words that commands have for them. */
public enum LimitKind {
    CPU_LIMIT("cpu-limit", Limits::cpu, (l, t) -> l.withCpu(t == null ? null : CpuTime.parse(t))),
    MEMORY_LIMIT("memory-limit", Limits::memory, (l, t) -> l.withMemory(t == null ? null : Size.parse(t))),
    SWAP_LIMIT("swap-limit", Limits::swap, (l, t) -> l.withSwap(t == null ? null : Size.parse(t))),
    IO_LIMIT("io-limit", Limits::io, (l, t) -> l.withIo(t == null ? null : IoLimit.parse(t))),
    PIDS_LIMIT("pids-limit", Limits::pids, (l, t) -> l.withPids(t == null ? null : number("pids-limit", t))),
    CPU_WEIGHT(
            "cpu-weight",
            Limits::cpuWeight,
            (l, t) -> l.withCpuWeight(t == null ? null : Math.toIntExact(number("cpu-weight", t)))),
    IO_WEIGHT(
            "io-weight",
            Limits::ioWeight,
            (l, t) -> l.withIoWeight(t == null ? null : Math.toIntExact(number("io-weight", t)))),
    CPUSET("cpuset", Limits::cpuset, (l, t) -> l.withCpuset(t == null ? null : Processors.parse(t)));

    private static final int MOST_DIGITS = 9;

    private final String word;
    private final Function<Limits, @Nullable Object> value;
    private final BiFunction<Limits, @Nullable String, Limits> change;

    LimitKind(
            String word,
            Function<Limits, @Nullable Object> value,
            BiFunction<Limits, @Nullable String, Limits> change) {
        this.word = word;
        this.value = value;
        this.change = change;
    }

    /** What commands call it, for instance {@code cpu-limit}. */
    public String word() {
        return word;
    }

    /** What {@code limits} say of it, in the words that {@link #set} reads. */
    public Optional<String> of(Limits limits) {
        return Optional.ofNullable(value.apply(limits)).map(Object::toString);
    }

    /** {@code limits} with {@code text} for this one. @throws BerthException INVALID */
    public Limits set(Limits limits, String text) {
        return change.apply(limits, text);
    }

    /** {@code limits} without this one. */
    public Limits unset(Limits limits) {
        return change.apply(limits, null);
    }

    /** The limit that commands call {@code word}. */
    public static Optional<LimitKind> of(String word) {
        return Arrays.stream(values()).filter(k -> k.word.equals(word)).findFirst();
    }

    private static long number(String word, String text) {
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
