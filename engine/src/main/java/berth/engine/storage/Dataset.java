package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a container are made of, now and in its snapshots.
 *
 * @param id the container
 * @param tip the layer that takes the changes of its root file system
 * @param below the frozen layers beneath the tip, topmost first
 * @param snapshots its snapshots, in the order in which they were taken
 * @param volumes its further file systems, by name; none if null
 * @param quota the most bytes that its root file system may take; null if there is no bound
 */
public record Dataset(
        String id,
        String tip,
        List<Layer> below,
        List<Snapshot> snapshots,
        @Nullable List<Volume> volumes,
        @Nullable Long quota) {
    public Dataset {
        below = List.copyOf(below);
        snapshots = List.copyOf(snapshots);
        volumes = volumes == null
                ? List.of()
                : volumes.stream().sorted(Comparator.comparing(Volume::name)).toList();
        Set<String> names = new HashSet<>();
        for (Snapshot snapshot : snapshots) {
            if (!names.add(snapshot.name())) {
                throw twice(id, "snapshots", snapshot.name());
            }
        }
        Set<String> datasets = new HashSet<>(Set.of(Volume.ROOT));
        for (Volume volume : volumes) {
            if (!datasets.add(volume.name())) {
                throw twice(id, "datasets", volume.name());
            }
        }
    }

    private static BerthException twice(String id, String things, String name) {
        return new BerthException(ErrorCode.INVALID, "container '%s' has two %s '%s'".formatted(id, things, name));
    }

    /** Its further file systems, by name; never null. */
    @Override
    public List<Volume> volumes() {
        return volumes == null ? List.of() : volumes;
    }

    /** That of a container that never had a snapshot: its tip is named as it is. */
    public static Dataset fresh(String id) {
        return new Dataset(id, id, List.of(), List.of(), List.of(), null);
    }

    /** Its root file system. */
    public Volume root() {
        return new Volume(Volume.ROOT, tip, below, quota);
    }

    /** All its file systems: that of its root, then the further ones, each after what it is nested in. */
    public List<Volume> all() {
        List<Volume> all = new ArrayList<>(List.of(root()));
        all.addAll(volumes());
        return List.copyOf(all);
    }

    /** All file systems that it has or had in a snapshot: that of its root, then the others by their names. */
    public List<Strand> strands() {
        Set<String> names = new TreeSet<>();
        volumes().forEach(v -> names.add(v.name()));
        snapshots.forEach(s -> names.addAll(s.volumes().keySet()));
        List<Strand> strands = new ArrayList<>(List.of(new Strand(Volume.ROOT, snapshots, Optional.of(root()))));
        names.forEach(name -> strands.add(new Strand(
                name,
                snapshots.stream().filter(s -> s.volumes().containsKey(name)).toList(),
                findVolume(name))));
        return List.copyOf(strands);
    }

    /** The file system of that name, if there is one. */
    public Optional<Volume> findVolume(String name) {
        return all().stream().filter(v -> v.name().equals(name)).findFirst();
    }

    /** The file system of that name. @throws BerthException NOT_FOUND */
    public Volume volume(String name) {
        return findVolume(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "container '%s' has no dataset '%s'".formatted(id, name),
                        "'osctl ct dataset ls %s' lists those it has".formatted(id)));
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

    /** The names of every layer it needs. */
    public Set<String> layers() {
        Set<String> names = new TreeSet<>();
        all().forEach(v -> v.frozenTip().forEach(l -> names.add(l.name())));
        snapshots.forEach(s -> names.addAll(s.layerNames()));
        return names;
    }

    /** The layers that show what its root file system holds now. */
    public List<Layer> frozenTip() {
        return root().frozenTip();
    }

    /** With another tip of its root file system on other layers. */
    public Dataset on(String newTip, List<Layer> newBelow) {
        return with(root().on(newTip, newBelow));
    }

    /** The same for container {@code other}. */
    public Dataset ownedBy(String other) {
        return new Dataset(other, tip, below, snapshots, volumes, quota);
    }

    /** With each of {@code changed} in the place of the file system of that name, or beside those there are. */
    public Dataset with(Collection<Volume> changed) {
        Dataset result = this;
        for (Volume volume : changed) {
            result = result.with(volume);
        }
        return result;
    }

    /** As {@link #with(Collection)}. */
    public Dataset with(Volume volume) {
        if (volume.isRoot()) {
            return new Dataset(id, volume.tip(), volume.below(), snapshots, volumes, volume.quota());
        }
        List<Volume> others = new ArrayList<>(
                volumes().stream().filter(v -> !v.name().equals(volume.name())).toList());
        others.add(volume);
        return new Dataset(id, tip, below, snapshots, others, quota);
    }

    /** Without the further file systems {@code names}. */
    public Dataset withoutVolumes(Set<String> names) {
        return new Dataset(
                id,
                tip,
                below,
                snapshots,
                volumes().stream().filter(v -> !names.contains(v.name())).toList(),
                quota);
    }

    /** Its root file system alone, now and in its snapshots. */
    public Dataset rootAlone() {
        return new Dataset(
                id,
                tip,
                below,
                snapshots.stream()
                        .map(s -> s.on(Map.of(Volume.ROOT, s.layers())))
                        .toList(),
                List.of(),
                quota);
    }

    /** With one more snapshot. */
    public Dataset with(Snapshot snapshot) {
        List<Snapshot> all = new ArrayList<>(snapshots);
        all.add(snapshot);
        return new Dataset(id, tip, below, all, volumes, quota);
    }

    /** As it is now alone. */
    public Dataset withoutSnapshots() {
        return new Dataset(id, tip, below, List.of(), volumes, quota);
    }

    /** Without the snapshots {@code names}. */
    public Dataset without(Set<String> names) {
        return new Dataset(
                id,
                tip,
                below,
                snapshots.stream().filter(s -> !names.contains(s.name())).toList(),
                volumes,
                quota);
    }
}
