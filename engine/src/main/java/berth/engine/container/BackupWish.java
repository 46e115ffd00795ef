package berth.engine.container;

/**
 * What of a container is backed up beside its root file system and its settings.
 *
 * @param datasets what becomes of datasets
 * @param snapshots what becomes of snapshots
 */
public record BackupWish(WithDatasets datasets, Snapshots snapshots) {
    /** What becomes of snapshots. */
    public enum Snapshots {
        TAKEN,
        LEFT_OUT
    }
}
