package berth.engine.storage;

import java.util.List;
import java.util.Optional;

/**
 * One of a container's file systems in the course of time.
 *
 * @param volume its name
 * @param snapshots those of its container in which it is, the oldest first
 * @param present what it is made of now; empty if it is in snapshots alone
 */
public record Strand(String volume, List<Snapshot> snapshots, Optional<Volume> present) {
    public Strand {
        snapshots = List.copyOf(snapshots);
    }

    /** Whether it is the one at the container's root. */
    public boolean isRoot() {
        return volume.equals(Volume.ROOT);
    }

    /** What it was in {@code snapshot}, one of {@link #snapshots}: it has no tip. */
    public Volume in(Snapshot snapshot) {
        return new Volume(volume, "", snapshot.all().getOrDefault(volume, List.of()), null);
    }
}
