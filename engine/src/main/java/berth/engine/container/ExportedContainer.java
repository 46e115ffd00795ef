package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Layer;
import berth.engine.storage.Snapshot;
import berth.engine.store.Revision;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an exported container says of itself.
 *
 * @param format the version of this
 * @param exported when it was exported
 * @param label what its image was called
 * @param standalone whether its user was made by hand; another one would be made for it alone
 * @param container what it was; its user and image are those of the host that it comes from
 * @param past what it was before, if that comes too
 */
public record ExportedContainer(
        int format, Instant exported, String label, boolean standalone, ContainerSpec container, Optional<Past> past) {
    static final int FORMAT = 1;

    /** More than anybody takes. */
    private static final int MAX_SNAPSHOTS = 1000;

    public ExportedContainer {
        if (format != FORMAT) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "it is an export of format %d, and this version knows %d only".formatted(format, FORMAT),
                    "use a newer osctld");
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

    /** A snapshot without what shows it: see {@link Snapshot}. */
    public record Taken(String name, Instant at, String by, String command, Snapshot.Activity activity) {
        public Taken {
            Snapshot.requireName(name);
        }

        static Taken of(Snapshot snapshot) {
            return new Taken(snapshot.name(), snapshot.at(), snapshot.by(), snapshot.command(), snapshot.activity());
        }

        /** The snapshot, which a layer {@code shown} shows until it is known which do. */
        Snapshot shownBy(String shown) {
            return new Snapshot(name, at, by, command, activity, List.of(Layer.own(shown)), Map.of(), null);
        }
    }
}
