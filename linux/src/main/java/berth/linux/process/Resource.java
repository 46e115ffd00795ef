package berth.linux.process;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a process may have only so much of, by the names of its constants RLIMIT_. Source: getrlimit(2). */
public enum Resource {
    CPU(0),
    FSIZE(1),
    DATA(2),
    STACK(3),
    CORE(4),
    RSS(5),
    NPROC(6),
    NOFILE(7),
    MEMLOCK(8),
    AS(9),
    LOCKS(10),
    SIGPENDING(11),
    MSGQUEUE(12),
    NICE(13),
    RTPRIO(14),
    RTTIME(15);

    private final int number;

    Resource(int number) {
        this.number = number;
    }

    /** The number that the kernel of x86_64 has for it. */
    int number() {
        return number;
    }

    /** Its name as prlimit(1) and LXC have it, for instance {@code nofile}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one that {@link #word} names. */
    public static Optional<Resource> of(String word) {
        return Arrays.stream(values()).filter(r -> r.word().equals(word)).findFirst();
    }
}
