package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.function.Supplier;

/**
 * Ids are chosen first and claimed later. Another instance, or useradd(8), may take them in between: then others are chosen, some
 * times.
 */
public final class ChosenIds {
    /** Somebody who makes many users, each as fast as one is made here, takes about every second choice. */
    private static final int MOST_ATTEMPTS = 20;

    private ChosenIds() {}

    /**
     * What {@code attempt} gives, which chooses ids and claims them.
     *
     * @param attempt leaves nothing if it fails; IN_USE says that somebody took the ids
     */
    public static <T> T claimed(Supplier<T> attempt) {
        for (int attempts = 1; true; attempts++) {
            try {
                return attempt.get();
            } catch (BerthException e) {
                if (e.code() != ErrorCode.IN_USE || attempts == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
