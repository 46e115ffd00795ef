package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.Instance;
import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and removes what belongs to this instance on the host but to none of its containers: the remains of crashes. */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String CONTAINER = "ct.";

    private final Instance instance;
    private final RunPlans plans;
    private final CgroupHost cgroups;

    Leftovers(Instance instance, RunPlans plans, CgroupHost cgroups) {
        this.instance = instance;
        this.plans = plans;
        this.cgroups = cgroups;
    }

    /**
     * Removes what no container of {@code pool} accounts for. What cannot be removed is logged and stays.
     *
     * @param known every container of the pool whose configuration could be read
     * @param unreadable the names of the others: they may run, and a typing error in a file must not end them
     */
    void remove(String pool, Collection<Container> known, Set<String> unreadable) {
        Set<String> paths = new HashSet<>();
        Set<String> unplaced = new HashSet<>(unreadable);
        Set<String> names = new HashSet<>(unreadable);
        for (Container container : known) {
            names.add(container.name());
            try {
                paths.add(plans.cgroup(container));
            } catch (BerthException e) {
                unplaced.add(container.name());
            }
        }
        Path lxcPath = plans.lxcPath(pool);
        removeCgroups(pool, paths, unplaced);
        removeMounts(lxcPath, names);
        removeDirectories(lxcPath, names);
    }

    private void removeCgroups(String pool, Set<String> known, Set<String> unplaced) {
        String top = instance.name() + "/pool." + pool;
        Set<String> found = new TreeSet<>();
        cgroups.at(top).directories().forEach(root -> collect(root, top, found));
        found.removeAll(known);
        found.removeIf(
                path -> unplaced.contains(path.substring(path.lastIndexOf("/" + CONTAINER) + 1 + CONTAINER.length())));
        for (String path : found) {
            LOG.warn("Cgroup {} belongs to no container: it and its processes are removed", path);
            try {
                Cgroup cgroup = cgroups.at(path);
                cgroup.kill();
                cgroup.awaitEmpty(LIMIT);
                cgroup.delete(LIMIT);
            } catch (RuntimeException e) {
                LOG.error("Cgroup {} stays: {}", path, e.getMessage());
            }
        }
    }

    /** The cgroups of containers beneath {@code directory}, whose path beneath its root is {@code path}. */
    private static void collect(Path directory, String path, Set<String> found) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path child : children) {
                String name = String.valueOf(child.getFileName());
                if (name.startsWith(CONTAINER)) {
                    found.add(path + "/" + name);
                } else {
                    collect(child, path + "/" + name, found);
                }
            }
        } catch (IOException e) {
            LOG.warn("Cgroup {} cannot be read: {}", path, e.getMessage());
        }
    }

    private static void removeMounts(Path lxcPath, Set<String> known) {
        List<MountPoint> table = Mounts.table();
        for (MountPoint mount : table.reversed()) {
            Path target = mount.target();
            if (target.startsWith(lxcPath)
                    && target.getNameCount() > lxcPath.getNameCount()
                    && !known.contains(target.getName(lxcPath.getNameCount()).toString())) {
                LOG.warn("{} is mounted for no container: it is unmounted", target);
                try {
                    Mounts.unmount(target);
                } catch (KernelException e) {
                    LOG.error("{} stays mounted: {}", target, e.getMessage());
                }
            }
        }
    }

    private static void removeDirectories(Path lxcPath, Set<String> known) {
        if (!Files.isDirectory(lxcPath)) {
            return;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(lxcPath);
                Directory parent = Directory.open(lxcPath, Resolution.NO_LINKS)) {
            for (Path directory : directories) {
                String name = String.valueOf(directory.getFileName());
                if (!known.contains(name)) {
                    LOG.warn("{} belongs to no container: it is removed", directory);
                    parent.removeTree(name);
                }
            }
        } catch (IOException | KernelException e) {
            LOG.warn("Leftovers in {} stay: {}", lxcPath, e.getMessage());
        }
    }
}
