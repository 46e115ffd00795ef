package berth.linux.cgroup;

import java.nio.file.Path;
import java.util.Set;

/**
 * One mounted cgroup tree.
 *
 * @param root where its root cgroup is
 * @param version cgroup v1 or v2
 * @param controllers of v1 those mounted together, a named one as {@code name=systemd}; of v2 those its root offers
 */
public record Hierarchy(Path root, Version version, Set<String> controllers) {
    public Hierarchy {
        controllers = Set.copyOf(controllers);
    }

    /** Which of the kernel's two interfaces a tree has. */
    public enum Version {
        V1,
        V2
    }

    /** Whether it has {@code controller}. */
    public boolean has(String controller) {
        return controllers.contains(controller);
    }

    /** Whether limits of a cgroup do not hold for the cgroups in it; see {@link Cgroup#createDelegated}. */
    boolean isFlat() {
        return !isV2() && has("blkio");
    }

    boolean isV2() {
        return version == Version.V2;
    }
}
