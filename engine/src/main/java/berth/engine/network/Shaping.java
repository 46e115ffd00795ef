package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * How much an interface may carry, and by how many queues. From the container's side: {@code tx} is what it sends.
 *
 * @param maxTx in bits per second; unlimited if null
 * @param maxRx in bits per second; unlimited if null
 * @param txQueues how many queues it sends by
 * @param rxQueues how many queues it receives by
 */
public record Shaping(
        @Nullable Long maxTx,
        @Nullable Long maxRx,
        @Nullable Integer txQueues,
        @Nullable Integer rxQueues) {
    /** Nothing is limited, one queue each way. */
    public static final Shaping NONE = new Shaping(null, null, null, null);

    private static final long MIN_RATE = 8_000;
    private static final int MAX_QUEUES = 256;

    public Shaping {
        requireRate(maxTx);
        requireRate(maxRx);
        requireQueues(txQueues);
        requireQueues(rxQueues);
    }

    /** How many queues it sends by. */
    public int sending() {
        return txQueues == null ? 1 : txQueues;
    }

    /** How many queues it receives by. */
    public int receiving() {
        return rxQueues == null ? 1 : rxQueues;
    }

    private static void requireRate(@Nullable Long rate) {
        if (rate != null && rate < MIN_RATE) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "a limit of %d bit/s is too low".formatted(rate),
                    "give %d or more, or 'none'".formatted(MIN_RATE));
        }
    }

    private static void requireQueues(@Nullable Integer queues) {
        if (queues != null && (queues < 1 || queues > MAX_QUEUES)) {
            throw new BerthException(
                    ErrorCode.INVALID, "%d queues are out of range".formatted(queues), "give 1 to " + MAX_QUEUES);
        }
    }
}
