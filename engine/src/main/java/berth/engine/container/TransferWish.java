package berth.engine.container;

/**
 * Where a container, or a copy of it, shall be.
 *
 * @param pool the pool that shall hold it
 * @param id its id there
 * @param snapshots whether a copy has the snapshots too
 * @param datasets whether a copy has the datasets too
 */
public record TransferWish(String pool, String id, WithSnapshots snapshots, WithDatasets datasets) {
    /** What becomes of snapshots. */
    public enum WithSnapshots {
        ALL,
        NONE
    }
}
