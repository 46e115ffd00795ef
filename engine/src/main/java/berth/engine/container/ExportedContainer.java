package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.mount.Mount;
import berth.engine.storage.Dataset;
import berth.engine.storage.Layer;
import berth.engine.storage.Snapshot;
import berth.engine.storage.Volume;
import berth.engine.store.Revision;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an exported container says of itself.
 *
 * @param format the version of this
 * @param exported when it was exported
 * @param label what its image was called
 * @param standalone whether its user was made by hand; another one would be made for it alone
 * @param container what it was; its user and image are those of the host that it comes from
 * @param quota the most bytes that its root file system could take; null if there was no bound
 * @param datasets its further file systems; none if null
 * @param past what it was before, if that comes too
 */
public record ExportedContainer(
        int format,
        Instant exported,
        String label,
        boolean standalone,
        ContainerSpec container,
        @Nullable Long quota,
        @Nullable List<Further> datasets,
        Optional<Past> past) {
    /** That of one without datasets; versions that know no other refuse what they would not understand. */
    private static final int ROOT_ALONE = 1;

    private static final int FORMAT = 2;

    /** More than anybody takes. */
    private static final int MAX_SNAPSHOTS = 1000;

    private static final int MAX_STATES = 10_000;

    public ExportedContainer {
        if (format < ROOT_ALONE || format > FORMAT) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "it is an export of format %d, and this version knows those up to %d".formatted(format, FORMAT),
                    "use a newer osctld");
        }
        datasets = datasets == null ? List.of() : List.copyOf(datasets);
        new Volume(Volume.ROOT, "", List.of(), quota);
        Set<String> names = new HashSet<>();
        if (!datasets.stream().allMatch(d -> names.add(d.name()))) {
            throw new BerthException(ErrorCode.INVALID, "two of its datasets have one name");
        }
        long states = past.map(p -> p.snapshots().stream()
                        .mapToLong(t -> 1 + t.datasets().size())
                        .sum())
                .orElse(0L);
        if (states + datasets.size() > MAX_STATES) {
            throw new BerthException(ErrorCode.INVALID, "its datasets are too many");
        }
    }

    /** What says of {@code container} that is made of {@code files} at {@code now}. */
    static ExportedContainer of(
            ContainerSpec container,
            Dataset files,
            String label,
            boolean standalone,
            Instant now,
            Optional<Past> past) {
        return new ExportedContainer(
                files.strands().size() > 1 ? FORMAT : ROOT_ALONE,
                now,
                label,
                standalone,
                container,
                files.quota(),
                files.volumes().stream()
                        .map(v -> new Further(v.name(), v.quota()))
                        .toList(),
                past);
    }

    /** Its further file systems; never null. */
    @Override
    public List<Further> datasets() {
        return datasets == null ? List.of() : datasets;
    }

    /** What its file systems are called, the root's first. */
    List<String> names() {
        return like(container.id()).all().stream().map(Volume::name).toList();
    }

    /** How many states come of each of its file systems, the root's first. */
    SequencedMap<String, Integer> states() {
        SequencedMap<String, Integer> states = new LinkedHashMap<>();
        like(container.id())
                .strands()
                .forEach(s -> states.put(
                        s.volume(),
                        s.snapshots().size() + s.present().map(_ -> 1).orElse(0)));
        return states;
    }

    /** Which file systems and snapshots it has, as container {@code id}; their layers are none of a pool. */
    Dataset like(String id) {
        return new Dataset(
                id,
                id,
                List.of(),
                past.map(p -> p.snapshots().stream().map(t -> t.shownBy(id)).toList())
                        .orElse(List.of()),
                datasets().stream()
                        .map(d -> new Volume(d.name(), id, List.of(), d.quota()))
                        .toList(),
                quota);
    }

    /** The mounts of {@code mounts} that show datasets it has. */
    List<Mount> ownMounts(List<Mount> mounts) {
        return mounts.stream()
                .filter(m -> m.ownDataset()
                        .filter(name ->
                                datasets().stream().anyMatch(d -> d.name().equals(name)))
                        .isPresent())
                .toList();
    }

    /** The same on the image that its files became, which holds that {@code distribution} still. */
    ExportedContainer onImage(String image) {
        return new ExportedContainer(
                format,
                exported,
                label,
                standalone,
                container.onImage(image, container.distribution()),
                quota,
                datasets,
                past);
    }

    /**
     * A further file system.
     *
     * @param name what it is called
     * @param quota the most bytes that it could take; null if there was no bound
     */
    public record Further(String name, @Nullable Long quota) {
        public Further {
            if (new Volume(name, "", List.of(), quota).isRoot()) {
                throw new BerthException(ErrorCode.INVALID, "one of its datasets is its root");
            }
        }
    }

    /**
     * What a container was.
     *
     * @param imageNamed whether its image had a name
     * @param snapshots its snapshots, the oldest first
     * @param history what its settings were, the newest first
     */
    public record Past(boolean imageNamed, List<Taken> snapshots, List<Revision<ContainerSpec>> history) {
        public Past {
            snapshots = List.copyOf(snapshots);
            history = List.copyOf(history);
            Set<String> names = new HashSet<>();
            if (snapshots.size() > MAX_SNAPSHOTS || !snapshots.stream().allMatch(s -> names.add(s.name()))) {
                throw new BerthException(ErrorCode.INVALID, "its snapshots are too many, or two have one name");
            }
        }
    }

    /**
     * A snapshot without what shows it: see {@link Snapshot}.
     *
     * @param datasets the further file systems that it has; none if null
     */
    public record Taken(
            String name,
            Instant at,
            String by,
            String command,
            Snapshot.Activity activity,
            @Nullable List<String> datasets) {
        public Taken {
            Snapshot.requireName(name);
            datasets = datasets == null ? List.of() : List.copyOf(datasets);
            datasets.forEach(Volume::requireName);
            if (datasets.contains(Volume.ROOT)) {
                throw new BerthException(ErrorCode.INVALID, "a dataset of snapshot '%s' is its root".formatted(name));
            }
        }

        static Taken of(Snapshot snapshot) {
            return new Taken(
                    snapshot.name(),
                    snapshot.at(),
                    snapshot.by(),
                    snapshot.command(),
                    snapshot.activity(),
                    List.copyOf(snapshot.volumes().keySet()));
        }

        /** The further file systems that it has; never null. */
        @Override
        public List<String> datasets() {
            return datasets == null ? List.of() : datasets;
        }

        /** The snapshot, which a layer {@code shown} shows until it is known which do. */
        Snapshot shownBy(String shown) {
            List<Layer> layers = List.of(Layer.own(shown));
            return new Snapshot(
                    name,
                    at,
                    by,
                    command,
                    activity,
                    layers,
                    datasets().stream().distinct().collect(Collectors.toMap(d -> d, _ -> layers)),
                    null);
        }
    }
}
