package berth.engine.storage.dir;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import berth.linux.disk.ProjectQuotas;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.nio.file.Path;
import java.util.List;

/**
 * Bounds for layers in plain directories, where their file system keeps projects to theirs: there each layer is a project from the
 * moment it is made. Only tips are bounded, to what their quota leaves them beside the layers below.
 */
final class TipQuota {
    private static final int MOST_PROJECTS = Integer.MAX_VALUE;

    private TipQuota() {}

    /**
     * Makes the empty directories {@code parts} of {@code layer} a project, whose files may be renamed from one to the other. Does
     * nothing where nobody counts projects.
     */
    static void count(Path layer, List<Path> parts) {
        try (Fd place = Fd.openForReading(layer)) {
            if (!ProjectQuotas.areKept(place)) {
                return;
            }
            int project = free(place, layer);
            ProjectQuotas.limit(place, project, 0);
            for (Path part : parts) {
                try (Fd directory = Fd.openForReading(part)) {
                    ProjectQuotas.assign(directory, project);
                }
            }
        }
    }

    /** What the files of a layer take whose {@code part} is such a directory, if anybody counts; otherwise {@code uncounted}. */
    static long usage(Path part, Uncounted uncounted) {
        try (Fd directory = Fd.openForReading(part)) {
            int project = ProjectQuotas.project(directory);
            return project != 0 && ProjectQuotas.areKept(directory)
                    ? ProjectQuotas.usage(directory, project).bytes()
                    : uncounted.bytes();
        }
    }

    /** How the bytes are found out that nobody counts. */
    interface Uncounted {
        long bytes();
    }

    /** Whether anybody counts what the files of the layer with {@code part} take. */
    static boolean isCounted(Path part) {
        try (Fd directory = Fd.openForReading(part)) {
            return ProjectQuotas.project(directory) != 0 && ProjectQuotas.areKept(directory);
        }
    }

    /** Lets the files of the layer with {@code part} take {@code bytes} at most; as much as there is if 0. */
    static void limit(Path part, long bytes) {
        try (Fd directory = Fd.openForReading(part)) {
            if (!ProjectQuotas.areKept(directory)) {
                refuseUnless(
                        bytes == 0,
                        "the file system of %s does not keep directories to quotas"
                                .formatted(requireNonNull(part.getParent()).getParent()),
                        "ext4 does with 'tune2fs -O project,quota' and the mount option prjquota, xfs with pquota; btrfs and zfs"
                                + " pools need nothing");
                return;
            }
            int project = ProjectQuotas.project(directory);
            if (project == 0) {
                refuseUnless(
                        bytes == 0,
                        "what %s holds was made before its file system kept quotas".formatted(part.getParent()),
                        "take a snapshot while the container is stopped: what it changes from then on is counted");
                return;
            }
            ProjectQuotas.limit(directory, project, bytes);
        }
    }

    private static void refuseUnless(boolean allowed, String message, String hint) {
        if (!allowed) {
            throw new BerthException(ErrorCode.UNSUPPORTED, message, hint);
        }
    }

    /** A project that no file belongs to; beginning with the inode's number two hardly ever meet. */
    private static int free(Fd place, Path layer) {
        int project = Math.floorMod(inode(layer), MOST_PROJECTS);
        while (project == 0 || ProjectQuotas.usage(place, project).files() > 0) {
            project = (project + 1) % MOST_PROJECTS;
        }
        return project;
    }

    private static long inode(Path layer) {
        try (Directory directory = Directory.open(layer, Resolution.NO_LINKS)) {
            return directory.stat().inode();
        }
    }
}
