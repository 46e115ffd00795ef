package berth.linux.cgroup;

import java.nio.file.Path;

/**
 * The processor time of cgroup v1, in millionths of one processor; {@link #UNLIMITED} is as much as the parent has. Source:
 * sched-bwc.rst; tg_cfs_schedulable_down in the kernel.
 */
final class QuotaControl extends NestedControl<Long> {
    static final long UNLIMITED = Long.MAX_VALUE;

    private static final String QUOTA = "cpu.cfs_quota_us";
    private static final String PERIOD = "cpu.cfs_period_us";

    /** The most that a cgroup in the parent of {@code directory} may have. */
    long within(Path directory, long wanted) {
        long most = wanted;
        for (Path above = directory.getParent(); above != null; above = above.getParent()) {
            if (CgroupFile.read(above.resolve(QUOTA)).isEmpty()) {
                return most;
            }
            most = Math.min(most, read(above));
        }
        return most;
    }

    @Override
    Long read(Path directory) {
        long quota = CgroupFile.number(directory.resolve(QUOTA)).orElse(-1);
        long period = CgroupFile.number(directory.resolve(PERIOD)).orElse(CpuPeriod.USUAL);
        return quota < 0 || period <= 0 ? UNLIMITED : quota * CpuPeriod.MILLION / period;
    }

    @Override
    void write(Path directory, Long value) {
        if (value == UNLIMITED) {
            CgroupFile.write(directory.resolve(QUOTA), "-1");
            return;
        }
        long period = CpuPeriod.of(value);
        if (CgroupFile.number(directory.resolve(PERIOD)).orElse(-1) != period) {
            // A quota of the former period may be more, or less, than is allowed in the new one.
            CgroupFile.write(directory.resolve(QUOTA), "-1");
            CgroupFile.write(directory.resolve(PERIOD), Long.toString(period));
        }
        CgroupFile.write(directory.resolve(QUOTA), Long.toString(CpuPeriod.quota(value)));
    }

    @Override
    Long adapt(Long now, Long parentNow, Long parentThen) {
        return now == UNLIMITED ? now : Long.min(now, parentThen);
    }

    @Override
    Long effective(Long own, Long parent) {
        return Long.min(own, parent);
    }

    @Override
    Long join(Long one, Long other) {
        return Long.max(one, other);
    }
}
