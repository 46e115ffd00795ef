package berth.linux.netlink;

/** A rate as traffic control wants it, with the bucket and queue that let it hold. Source: linux/pkt_sched.h. */
record Rate(long bytesPerSecond) {
    private static final long MAX_NARROW = 0xffffffffL;
    private static final int ETHERNET = 1;
    private static final int NANOS_PER_TICK = 64;
    /** Larger packets are cut into frames before they wait; a frame must fit. */
    private static final int MIN_BURST = 32 * 1024;

    private static final long MAX_BURST = 64L << 20;
    /** A sender's bucket refills in a 50th of a second: what one may send at once stays a small part of any second. */
    private static final int BURSTS_PER_SECOND = 50;

    private static final int QUEUES_PER_SECOND = 20;
    private static final int MIN_QUEUE = 128 * 1024;

    Rate {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException("a rate is positive, not " + bytesPerSecond);
        }
    }

    /** Whether it needs more than the 32 bits of a struct tc_ratespec. */
    boolean isWide() {
        return bytesPerSecond > MAX_NARROW;
    }

    int burst() {
        return clamped(bytesPerSecond / BURSTS_PER_SECOND, MIN_BURST);
    }

    /** How many bytes wait before some are dropped: a 20th of a second of them. */
    int queue() {
        return burst() + clamped(bytesPerSecond / QUEUES_PER_SECOND, MIN_QUEUE);
    }

    /** How long {@code bytes} take, in the kernel's unit of 64 ns. */
    int ticks(long bytes) {
        double ticks = bytes * 1e9 / bytesPerSecond / NANOS_PER_TICK;
        return (int) (long) Math.min(ticks, MAX_NARROW);
    }

    /** A struct tc_ratespec, without a table: the kernel calculates by itself. */
    void write(NetlinkMessage message) {
        message.u8(0).u8(ETHERNET).u16(0).u16(-1).u16(0).u32((int) Math.min(bytesPerSecond, MAX_NARROW));
    }

    /** A struct tc_ratespec that says nothing. */
    static void writeNone(NetlinkMessage message) {
        message.u32(0).u32(0).u32(0);
    }

    private static int clamped(long bytes, int least) {
        return (int) Math.clamp(bytes, least, MAX_BURST);
    }
}
