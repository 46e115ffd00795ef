package berth.engine.store;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** What somebody has of each open pool. Safe for use by several threads. */
public final class PerPool<T> {
    private final SortedMap<String, T> byPool = new ConcurrentSkipListMap<>();

    /** {@code what} is that of {@code pool}, which is opened. */
    public void open(String pool, T what) {
        byPool.put(pool, what);
    }

    /** Forgets that of {@code pool}, and gives it; empty if the pool is not open. */
    public Optional<T> close(String pool) {
        return Optional.ofNullable(byPool.remove(pool));
    }

    /** That of {@code pool}; empty if the pool is not open. */
    public Optional<T> find(String pool) {
        return Optional.ofNullable(byPool.get(pool));
    }

    /** That of {@code pool}. @throws BerthException NOT_FOUND if the pool is not open */
    public T of(String pool) {
        return find(pool)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no pool '%s'".formatted(pool),
                        "'osctl pool ls' lists the pools"));
    }

    /** That of every open pool, by the pools' names; it changes with them. */
    public SortedMap<String, T> all() {
        return Collections.unmodifiableSortedMap(byPool);
    }
}
