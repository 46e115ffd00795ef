package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;

/** Consecutive user or group ids of the host. */
public record HostIds(long start, long count) {
    /** One more than the highest id; 2^32-1 itself, {@code (uid_t) -1}, means "no id" to the kernel. Source: chown(2). */
    public static final long LIMIT = 0xFFFF_FFFFL;

    public HostIds {
        if (count < 1) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%d ids from %d on are none".formatted(count, start),
                    "give a number of 1 or more");
        }
        if (start < 0 || start >= LIMIT || count > LIMIT - start) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%d ids from %d on are out of range".formatted(count, start),
                    "ids go up to 4294967294");
        }
    }

    /** The one id {@code id}. */
    public static HostIds one(long id) {
        return new HostIds(id, 1);
    }

    /** One more than its last id. */
    public long end() {
        return start + count;
    }

    /** Whether both have an id in common. */
    public boolean overlaps(HostIds other) {
        return start < other.end() && other.start < end();
    }

    /** Whether every id of {@code other} is one of these. */
    public boolean contains(HostIds other) {
        return start <= other.start && other.end() <= end();
    }

    /** The start of a sentence that names their owner: {@code id 1000 belongs to}, {@code ids 1000-1999 belong to}. */
    String belongTo() {
        return this + (count == 1 ? " belongs to" : " belong to");
    }

    @Override
    public String toString() {
        return count == 1 ? "id " + start : "ids " + start + "-" + (end() - 1);
    }
}
