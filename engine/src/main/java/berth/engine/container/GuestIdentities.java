package berth.engine.container;

import berth.engine.guest.GuestIdentity;
import berth.engine.guest.GuestTree;
import berth.engine.storage.Pool;
import berth.engine.storage.RootFilesystem;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.security.SecureRandom;

/** Gives containers that were made of others what tells them from those. */
final class GuestIdentities {
    private final SecureRandom random = new SecureRandom();

    /** What {@code root} has of machine id, host keys and the like becomes its own. Nothing else has it mounted. */
    void renew(Pool pool, RootFilesystem root) {
        try (Fd mount = pool.driver().mount(root);
                Directory rootfs = Directory.of(mount.dup(), Resolution.IN_ROOT)) {
            new GuestIdentity(GuestTree.durable(rootfs, root.rootUid(), root.rootGid()), random).renew();
        }
    }
}
