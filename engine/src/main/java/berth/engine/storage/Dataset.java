package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the root file system of a container is made of, now and in its snapshots.
 *
 * @param id the container
 * @param tip the layer that takes its changes
 * @param below the frozen layers beneath the tip, topmost first
 * @param snapshots its snapshots, in the order in which they were taken
 */
public record Dataset(String id, String tip, List<Layer> below, List<Snapshot> snapshots) {
    public Dataset {
        below = List.copyOf(below);
        snapshots = List.copyOf(snapshots);
        Set<String> names = new HashSet<>();
        for (Snapshot snapshot : snapshots) {
            if (!names.add(snapshot.name())) {
                throw new BerthException(
                        ErrorCode.INVALID, "container '%s' has two snapshots '%s'".formatted(id, snapshot.name()));
            }
        }
    }

    /** That of a container that never had a snapshot: its tip is named as it is. */
    public static Dataset fresh(String id) {
        return new Dataset(id, id, List.of(), List.of());
    }

    /** The snapshot {@code name}, if there is one. */
    public Optional<Snapshot> find(String name) {
        return snapshots.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** The snapshot {@code name}. @throws BerthException NOT_FOUND */
    public Snapshot snapshot(String name) {
        return find(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "container '%s' has no snapshot '%s'".formatted(id, name),
                        "'osctl ct snapshot ls %s' lists those it has".formatted(id)));
    }

    /** The layers that show what it holds now. */
    public List<Layer> frozenTip() {
        List<Layer> layers = new ArrayList<>();
        layers.add(Layer.own(tip));
        layers.addAll(below);
        return List.copyOf(layers);
    }

    /** The names of every layer it needs. */
    public Set<String> layers() {
        Set<String> names = new TreeSet<>();
        names.add(tip);
        below.forEach(l -> names.add(l.name()));
        snapshots.forEach(s -> s.layers().forEach(l -> names.add(l.name())));
        return names;
    }

    /** The same for container {@code other}. */
    public Dataset ownedBy(String other) {
        return new Dataset(other, tip, below, snapshots);
    }

    /** With another tip on other layers. */
    public Dataset on(String newTip, List<Layer> newBelow) {
        return new Dataset(id, newTip, newBelow, snapshots);
    }

    /** With one more snapshot. */
    public Dataset with(Snapshot snapshot) {
        List<Snapshot> all = new ArrayList<>(snapshots);
        all.add(snapshot);
        return new Dataset(id, tip, below, all);
    }

    /** Without the snapshots {@code names}. */
    public Dataset without(Set<String> names) {
        return new Dataset(
                id,
                tip,
                below,
                snapshots.stream().filter(s -> !names.contains(s.name())).toList());
    }
}
