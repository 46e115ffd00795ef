package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.FailPoints;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Operations;
import berth.engine.operation.Recovered;
import berth.engine.storage.Pool;
import berth.engine.store.SpaceReserve;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The operations on containers that outlive a reboot of the host: their journals are in the pools. */
final class PoolOperations {
    private final List<OperationKind<?>> kinds;
    private final InstantSource clock;
    private final FailPoints failPoints;
    private final Map<String, Opened> opened = new ConcurrentHashMap<>();

    PoolOperations(List<OperationKind<?>> kinds, InstantSource clock, FailPoints failPoints) {
        this.kinds = List.copyOf(kinds);
        this.clock = clock;
        this.failPoints = failPoints;
    }

    /** Mends what a former daemon left unfinished in {@code pool}, whose objects are loaded. */
    List<Recovered> open(Pool pool) {
        Operations operations = new Operations(pool.journal(), kinds, clock, failPoints);
        List<Recovered> recovered = operations.recover();
        // What other pools have begun may have waited for this one.
        opened.values().forEach(o -> o.operations().retry());
        pool.reserve().keep();
        opened.put(pool.name(), new Opened(operations, pool.reserve()));
        return recovered;
    }

    /** Nothing is done in {@code pool} any more. */
    void close(String pool) {
        opened.remove(pool);
    }

    /** Those of {@code pool}. @throws BerthException WRONG_STATE if it is closed */
    Operations of(String pool) {
        return ready(pool, SpaceReserve::keep);
    }

    /** As {@link #of}, for what gives space back: in a pool that is full it has what is kept for that. */
    Operations freeing(String pool) {
        return ready(pool, SpaceReserve::lend);
    }

    private Operations ready(String pool, Consumer<SpaceReserve> prepare) {
        Opened found = opened.get(pool);
        if (found == null) {
            throw new BerthException(ErrorCode.WRONG_STATE, "pool '%s' is closed".formatted(pool));
        }
        prepare.accept(found.reserve());
        return found.operations();
    }

    private record Opened(Operations operations, SpaceReserve reserve) {}
}
