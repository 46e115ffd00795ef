package berth.osctld.command;

import berth.engine.limit.EffectiveLimits;
import berth.engine.limit.EffectiveLimits.Bound;
import berth.engine.limit.LimitKind;
import berth.engine.limit.Limits;
import berth.linux.cgroup.Statistics;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The fields that tell what something may use, who says so, and what that did to it. */
final class LimitColumns {
    private LimitColumns() {}

    /**
     * Adds them.
     *
     * @param own the limits of its own
     * @param effective what holds
     * @param statistics what limits did
     */
    static <T> Columns.Builder<T> add(
            Columns.Builder<T> columns,
            Function<T, Limits> own,
            Function<T, EffectiveLimits> effective,
            Function<T, Statistics> statistics) {
        return columns.more("limits", Kind.LIST, o -> words(own.apply(o)))
                .more(
                        "cpu_limit",
                        Kind.PERCENT,
                        o -> effective.apply(o).cpu().map(b -> b.value().percent()))
                .more(
                        "memory_limit",
                        Kind.BYTES,
                        o -> effective.apply(o).memory().map(b -> b.value().bytes()))
                .more(
                        "swap_limit",
                        Kind.BYTES,
                        o -> effective.apply(o).swap().map(b -> b.value().bytes()))
                .more("io_limit", o -> effective.apply(o).io().map(Bound::value))
                .more("pids_limit", Kind.NUMBER, o -> effective.apply(o).pids().map(Bound::value))
                .more("cpuset", o -> effective.apply(o).cpuset().map(Bound::value))
                .more("limited_by", Kind.LIST, o -> effective.apply(o).owners())
                .more(
                        "throttled_us",
                        Kind.MICROSECONDS,
                        o -> statistics.apply(o).throttledMicros())
                .more("throttled_periods", Kind.NUMBER, o -> statistics.apply(o).throttledPeriods())
                .more("oom_kills", Kind.NUMBER, o -> statistics.apply(o).oomKills())
                .more("refused_tasks", Kind.NUMBER, o -> statistics.apply(o).refusedTasks())
                .more("cpu_pressure", Kind.PERCENT, o -> statistics.apply(o).pressure("cpu"))
                .more("memory_pressure", Kind.PERCENT, o -> statistics.apply(o).pressure("memory"))
                .more("io_pressure", Kind.PERCENT, o -> statistics.apply(o).pressure("io"));
    }

    private static Map<String, String> words(Limits limits) {
        Map<String, String> words = new LinkedHashMap<>();
        for (LimitKind kind : LimitKind.values()) {
            kind.of(limits).ifPresent(text -> words.put(kind.word(), text));
        }
        limits.cgparams().forEach(p -> words.put(p.name(), String.join(" ", p.value())));
        return words;
    }
}
