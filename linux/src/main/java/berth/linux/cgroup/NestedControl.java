package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.nio.file.Path;
import java.util.List;

/**
 * A control of cgroup v1 that refuses to give a cgroup more than its parent has, or less than its children have. It is set here
 * together with all cgroups beneath, whoever made them, in an order that the kernel takes at every moment.
 *
 * @param <V> the value of one cgroup
 */
abstract class NestedControl<V> {
    private static final int ATTEMPTS = 3;

    /** What {@code directory} has now. */
    abstract V read(Path directory);

    abstract void write(Path directory, V value);

    /** What a cgroup that has {@code now} is to have when its parent may use {@code parentThen} instead of {@code parentNow}. */
    abstract V adapt(V now, V parentNow, V parentThen);

    /** What a cgroup that has {@code own} may use where its parent may use {@code parent}. */
    abstract V effective(V own, V parent);

    /** The smallest value that allows what both do. */
    abstract V join(V one, V other);

    /** Gives {@code directory} {@code wanted}, which its parent has, and takes what is more than that from those beneath. */
    void set(Path directory, V wanted) {
        for (int i = 1; ; i++) {
            try {
                V now = read(directory);
                if (!now.equals(wanted)) {
                    become(directory, now, wanted, now, wanted);
                }
                return;
            } catch (KernelException e) {
                // The container makes, removes and sets cgroups of its own meanwhile.
                if (i == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void become(Path directory, V now, V then, V usableNow, V usableThen) {
        V between = join(now, then);
        if (!between.equals(now)) {
            write(directory, between);
        }
        for (Path child : subdirectories(directory)) {
            V childNow = read(child);
            V childThen = adapt(childNow, usableNow, usableThen);
            become(child, childNow, childThen, effective(childNow, usableNow), effective(childThen, usableThen));
        }
        if (!then.equals(between)) {
            write(directory, then);
        }
    }

    private static List<Path> subdirectories(Path directory) {
        try (Directory opened = Directory.open(directory, Resolution.NO_LINKS)) {
            return CgroupWalk.children(opened).map(directory::resolve).toList();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }
}
