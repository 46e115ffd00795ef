package berth.linux.cgroup;

/** How much processor time is given out in which period, in microseconds. Source: sched-bwc.rst. */
final class CpuPeriod {
    static final long MILLION = 1_000_000;
    static final long USUAL = 100_000;
    private static final long LONGEST = 1_000_000;
    private static final long LEAST_QUOTA = 1_000;

    private CpuPeriod() {}

    /** The period in which {@code millionths} of a processor are a quota that the kernel takes. */
    static long of(long millionths) {
        return millionths * USUAL / MILLION >= LEAST_QUOTA ? USUAL : LONGEST;
    }

    static long quota(long millionths) {
        return Math.max(LEAST_QUOTA, millionths * of(millionths) / MILLION);
    }
}
