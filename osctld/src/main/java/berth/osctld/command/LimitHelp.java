package berth.osctld.command;

import berth.engine.limit.LimitKind;
import java.util.List;
import java.util.stream.Stream;

/** What help says of the commands of {@link LimitCommands}. */
final class LimitHelp {
    private static final String TOGETHER = "What a group may use is for all that is in it together.";
    private static final String LIVE = "It holds at once where something runs, and at every later start.";

    private LimitHelp() {}

    /** Of {@code set}. */
    static Worded.Words set(LimitKind kind, Limited.Sort sort) {
        String line = "osctl %s set %s %s ".formatted(sort.word(), kind.word(), sort.example());
        return new Worded.Words(
                kind.word(),
                Stream.concat(
                                Stream.of("Limit %s of %s".formatted(noun(kind), sort.plural())),
                                Stream.concat(
                                        details(kind).stream(),
                                        Stream.of(sort == Limited.Sort.GROUP ? LIVE + " " + TOGETHER : LIVE)))
                        .toList(),
                examples(kind).stream().map(e -> line + e).toList());
    }

    /** Of {@code unset}. */
    static Worded.Words unset(LimitKind kind, Limited.Sort sort) {
        return new Worded.Words(
                kind.word(),
                List.of(
                        "Lift the limit on %s of %s".formatted(noun(kind), sort.plural()),
                        "What a group above limits stays limited."),
                List.of("osctl %s unset %s %s".formatted(sort.word(), kind.word(), sort.example())));
    }

    private static String noun(LimitKind kind) {
        return switch (kind) {
            case CPU_LIMIT -> "the processor time";
            case MEMORY_LIMIT -> "the memory";
            case SWAP_LIMIT -> "the swap";
            case IO_LIMIT -> "reads and writes";
            case PIDS_LIMIT -> "the number of tasks";
            case CPU_WEIGHT -> "the share of busy processors";
            case IO_WEIGHT -> "the share of a busy disk";
            case CPUSET -> "the processors";
        };
    }

    private static List<String> details(LimitKind kind) {
        return switch (kind) {
            case CPU_LIMIT -> List.of("One processor, all the time, is 100%. A number alone is in percent.");
            case MEMORY_LIMIT ->
                List.of(
                        "A second amount is the swap-limit; without one nothing is swapped out.",
                        "K, M, G and T are 1024 of each other. Less than is in use is refused, but not the cache.");
            case SWAP_LIMIT -> List.of("It is beside the memory-limit, without which older cgroups cannot limit it.");
            case IO_LIMIT ->
                List.of(
                        "An amount is for reading and for writing unless one is named. The disk is that of the pool, or the"
                                + " one after 'on'.",
                        "Older cgroups count only reads, and writes that go around the cache.");
            case PIDS_LIMIT -> List.of("Threads count. Beyond it, nothing can be started: fork fails inside.");
            case CPU_WEIGHT -> List.of("1 to 10000; 100 is what others have. It matters while processors are short.");
            case IO_WEIGHT -> List.of("1 to 10000; 100 is what others have. It matters while the disk is busy.");
            case CPUSET -> List.of("The processors of the host that its tasks run on, by number.");
        };
    }

    private static List<String> examples(LimitKind kind) {
        return switch (kind) {
            case CPU_LIMIT -> List.of("150%", "2 cpus");
            case MEMORY_LIMIT -> List.of("1.5G", "512M 1G");
            case SWAP_LIMIT -> List.of("1G");
            case IO_LIMIT -> List.of("100M/s", "read 100M/s, write 50M/s, 2000 iops", "50M/s on /dev/sdb");
            case PIDS_LIMIT -> List.of("500");
            case CPU_WEIGHT, IO_WEIGHT -> List.of("200");
            case CPUSET -> List.of("0-3,8");
        };
    }
}
