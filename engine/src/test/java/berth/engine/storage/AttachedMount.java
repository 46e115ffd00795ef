package berth.engine.storage;

import berth.linux.Fd;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.Path;

/** A detached mount that is attached for as long as something is done in it. */
public final class AttachedMount {
    private AttachedMount() {}

    /** Something that is done in a mounted tree. */
    public interface Work {
        void in(Path mounted) throws IOException;
    }

    /** Attaches {@code mount}, which is closed, at {@code target}, does {@code work} in it, and takes it away. */
    static void in(Fd mount, Path target, Work work) throws IOException {
        try (mount) {
            Mounts.attach(mount, target);
        }
        try {
            work.in(target);
        } finally {
            Mounts.unmount(target);
        }
    }
}
