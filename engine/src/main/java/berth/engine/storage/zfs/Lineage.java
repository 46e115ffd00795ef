package berth.engine.storage.zfs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be sent so that another pool gets a snapshot: an increment begins with one that the other has, and which this one came
 * from, in its own dataset or in one that this is a clone of. Source: zfs-send(8).
 *
 * @param known the latest that the other pool has; empty if it has none
 * @param missing those after it, in the order in which they were taken; the last is the one that is wanted
 */
record Lineage(Optional<Zfs.Taken> known, List<Zfs.Taken> missing) {
    Lineage {
        missing = List.copyOf(missing);
    }

    /**
     * That of {@code snapshot}. Of those before it that the other pool has not got, only those are in it that something stands on, which
     * may be what is sent later; an administrator may have taken any number of others.
     *
     * @param guids those that the other pool has
     */
    static Lineage of(Zfs zfs, String snapshot, Set<String> guids) {
        Deque<Zfs.Taken> missing = new ArrayDeque<>();
        Optional<String> latest = Optional.of(snapshot);
        while (latest.isPresent()) {
            String dataset = ZfsPool.datasetOf(latest.get());
            for (Zfs.Taken taken : upTo(latest.get(), zfs.taken(dataset))) {
                if (guids.contains(taken.guid())) {
                    return new Lineage(Optional.of(taken), List.copyOf(missing));
                }
                if (!taken.clones().isEmpty() || taken.name().equals(snapshot)) {
                    missing.addFirst(taken);
                }
            }
            latest = zfs.origin(dataset);
        }
        return new Lineage(Optional.empty(), List.copyOf(missing));
    }

    /** Those of one dataset, the latest first. */
    private static List<Zfs.Taken> upTo(String latest, List<Zfs.Taken> all) {
        return all.reversed().stream().dropWhile(t -> !t.name().equals(latest)).toList();
    }
}
