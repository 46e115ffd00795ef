package berth.engine.storage;

import berth.engine.idmap.HostIds;
import berth.engine.idmap.IdMap;
import berth.engine.idmap.IdMapping;
import berth.linux.mount.IdExtent;
import java.util.ArrayList;
import java.util.List;

/**
 * The host ids that a container's users and groups have.
 *
 * @param uids those of its users
 * @param gids those of its groups
 */
public record Ids(IdMap uids, IdMap gids) {
    private static final HostIds SOME = new HostIds(100_000, 65_536);

    /** Some that the host's root is not among, to try whether ids can be mapped, or to get at files that are stored as guests see them. */
    public static Ids some() {
        IdMap map = IdMap.from(SOME);
        return new Ids(map, map);
    }

    /** The host uid of its root. */
    public int rootUid() {
        return (int) uids.root();
    }

    /** The host gid of its root. */
    public int rootGid() {
        return (int) gids.root();
    }

    /** The lines of {@code map} for the kernel. */
    public static List<IdExtent> extents(IdMap map) {
        return map.mappings().stream()
                .map(m -> new IdExtent(m.inside(), m.outside(), m.count()))
                .toList();
    }

    /**
     * A map that shows files stored with the host ids of {@code stored} with those of {@code seen}: each id inside stays the
     * same. Ids that only one of them has are left out.
     */
    public static List<IdExtent> translation(IdMap stored, IdMap seen) {
        List<IdExtent> extents = new ArrayList<>();
        for (IdMapping from : stored.mappings()) {
            for (IdMapping to : seen.mappings()) {
                long start = Math.max(from.inside(), to.inside());
                long end = Math.min(from.inside() + from.count(), to.inside() + to.count());
                if (start < end) {
                    extents.add(new IdExtent(
                            from.outside() + start - from.inside(), to.outside() + start - to.inside(), end - start));
                }
            }
        }
        return List.copyOf(extents);
    }
}
