package berth.engine.image;

import berth.engine.idmap.IdMap;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.idmap.Users;
import berth.engine.operation.Caller;
import berth.linux.mount.IdExtent;
import berth.linux.mount.UserNamespaces;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Builds images for pools, with ids that are nobody else's as long as that takes. Safe for use by several threads. */
public final class ImageBuilds {
    private final ImageStores images;
    private final UserStores users;
    private final UserNamespaces namespaces;
    private final BuildCgroups cgroups;
    private final AtomicLong builds = new AtomicLong();

    /** @param cgroups where builds are held to what containers may take */
    public ImageBuilds(ImageStores images, UserStores users, UserNamespaces namespaces, BuildCgroups cgroups) {
        this.images = images;
        this.users = users;
        this.namespaces = namespaces;
        this.cgroups = cgroups;
    }

    /** Ends what a daemon before may have left, which may have ids that others get now. */
    public void endLeftOver() {
        cgroups.clear();
    }

    /** As {@link Images#build}, in {@code pool}. */
    public Imported build(String pool, ImageBuilder builder, ImportRequest request, Caller caller) {
        Users ofPool = users.of(pool);
        long number = builds.incrementAndGet();
        User builderIds = ofPool.planOwned("image-build-" + number);
        try (BuildCgroups.Room room = cgroups.make(number)) {
            Sandbox sandbox = new Sandbox(
                    namespaces, extents(builderIds.uidMap()), extents(builderIds.gidMap()), room.entrances());
            return images.of(pool).build(builder, sandbox, request, caller.progress());
        } finally {
            ofPool.release(builderIds);
        }
    }

    private static List<IdExtent> extents(IdMap map) {
        return map.mappings().stream()
                .map(m -> new IdExtent(m.inside(), m.outside(), m.count()))
                .toList();
    }
}
