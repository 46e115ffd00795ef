package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.Libc;
import berth.linux.file.Directory;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The directories of one cgroup: making, handing over, removing. */
final class CgroupTree {
    private static final int PARENT_ATTEMPTS = 10;
    private static final long SYS_MKDIR = 83;
    private static final long SYS_RMDIR = 84;
    private static final long SYS_CHOWN = 92;
    private static final long MODE = 0755;

    private final CgroupHost host;
    private final String path;

    CgroupTree(CgroupHost host, String path) {
        this.host = host;
        this.path = path;
    }

    List<Path> directories() {
        return host.hierarchies().stream().map(h -> h.root().resolve(path)).toList();
    }

    boolean exists() {
        return directories().stream().anyMatch(Files::isDirectory);
    }

    void create() {
        for (Hierarchy hierarchy : host.hierarchies()) {
            create(hierarchy, hierarchy.root().resolve(path));
        }
    }

    /** Makes it without controllers of its own, so that its parent, which exists, may still hold processes. */
    void createLeaf() {
        for (Hierarchy hierarchy : nested()) {
            Path directory = hierarchy.root().resolve(path);
            long result = onPath(SYS_MKDIR, directory, MODE);
            if (result != -Errno.EEXIST.number()) {
                Libc.check(result, "mkdir", directory.toString());
            }
            if (!hierarchy.isV2() && hierarchy.has("cpuset")) {
                inheritCpuset(directory);
            }
        }
    }

    /** Removes it, and its parents below {@code top}, where they are empty. */
    void prune(String top) {
        for (Hierarchy hierarchy : host.hierarchies()) {
            Path end = hierarchy.root().resolve(top);
            Path directory = hierarchy.root().resolve(path);
            while (directory != null && directory.startsWith(end) && onPath(SYS_RMDIR, directory) == 0) {
                directory = directory.getParent();
            }
        }
    }

    private static void create(Hierarchy hierarchy, Path directory) {
        Path parent = directory.getParent();
        if (parent == null || directory.equals(hierarchy.root())) {
            return;
        }
        long result = onPath(SYS_MKDIR, directory, MODE);
        // More than once, as somebody may prune the parent, still empty, in between.
        for (int i = 0; i < PARENT_ATTEMPTS && result == -Errno.ENOENT.number(); i++) {
            create(hierarchy, parent);
            result = onPath(SYS_MKDIR, directory, MODE);
        }
        if (result != -Errno.EEXIST.number()) {
            Libc.check(result, "mkdir", directory.toString());
        }
        if (hierarchy.isV2()) {
            enableControllers(hierarchy, parent);
        } else if (hierarchy.has("cpuset")) {
            inheritCpuset(directory);
        }
    }

    /** A v1 cpuset is born without processors and memory, and takes no process then. */
    private static void inheritCpuset(Path directory) {
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
            inherit(directory, file);
        }
    }

    /** Whoever makes the parents at the same time may not have come to this yet: they are seen to first. */
    private static String inherit(Path directory, String file) {
        String value =
                CgroupFile.read(directory.resolve(file)).map(String::strip).orElse("");
        Path parent = directory.getParent();
        if (!value.isEmpty() || parent == null || !Files.exists(parent.resolve(file))) {
            return value;
        }
        String inherited = inherit(parent, file);
        CgroupFile.write(directory.resolve(file), inherited);
        // From here down the kernel copies them itself.
        CgroupFile.write(directory.resolve("cgroup.clone_children"), "1");
        return inherited;
    }

    private static void enableControllers(Hierarchy hierarchy, Path directory) {
        if (hierarchy.controllers().isEmpty()) {
            return;
        }
        Set<String> missing = new LinkedHashSet<>(hierarchy.controllers());
        missing.removeAll(CgroupFile.words(directory.resolve("cgroup.subtree_control")));
        if (missing.isEmpty()) {
            return;
        }
        Path parent = directory.getParent();
        if (!directory.equals(hierarchy.root()) && parent != null) {
            enableControllers(hierarchy, parent);
        }
        missing.retainAll(CgroupFile.words(directory.resolve("cgroup.controllers")));
        for (String controller : missing) {
            enable(directory, controller);
        }
    }

    private static void enable(Path directory, String controller) {
        try {
            CgroupFile.write(directory.resolve("cgroup.subtree_control"), "+" + controller);
        } catch (KernelException e) {
            // EINVAL: this controller cannot be had now, as cpu with real-time tasks about. The others still can.
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    List<Path> entrances() {
        List<Path> entrances = new ArrayList<>();
        for (Hierarchy hierarchy : host.hierarchies()) {
            Path directory = hierarchy.root().resolve(path);
            while (hierarchy.isFlat() && !Files.isDirectory(directory) && !directory.equals(hierarchy.root())) {
                directory = Objects.requireNonNull(directory.getParent());
            }
            entrances.add(directory);
        }
        return entrances;
    }

    void createDelegated(int uid, int gid) {
        for (Hierarchy hierarchy : nested()) {
            create(hierarchy, hierarchy.root().resolve(path));
        }
        delegate(uid, gid);
    }

    private List<Hierarchy> nested() {
        return host.hierarchies().stream().filter(h -> !h.isFlat()).toList();
    }

    private void delegate(int uid, int gid) {
        for (Hierarchy hierarchy : nested()) {
            Path directory = hierarchy.root().resolve(path);
            Libc.check(onPath(SYS_CHOWN, directory, uid, gid), "chown", directory.toString());
            Set<String> files = hierarchy.isV2() ? host.delegated() : Set.of("cgroup.procs", "tasks");
            for (String file : files) {
                long result = onPath(SYS_CHOWN, directory.resolve(file), uid, gid);
                if (result != -Errno.ENOENT.number()) {
                    Libc.check(result, "chown", directory.resolve(file).toString());
                }
            }
        }
    }

    void delete(Duration limit) {
        List<Path> left = new ArrayList<>(directories());
        boolean gone = Waiting.until(() -> removeAll(left), limit);
        if (!gone) {
            throw new KernelException("rmdir", left.getFirst().toString(), Errno.EBUSY.number());
        }
    }

    private static boolean removeAll(List<Path> left) {
        left.removeIf(CgroupTree::remove);
        return left.isEmpty();
    }

    /** Removes it and what is in it: whether it is gone. */
    private static boolean remove(Path directory) {
        if (isGone(directory)) {
            return true;
        }
        CgroupWalk.through(directory, new CgroupWalk.Visitor() {
            @Override
            public boolean enter(Directory cgroup) {
                return true;
            }

            @Override
            public void leave(Directory parent, String name) {
                removeFrom(parent, name);
            }
        });
        return isGone(directory);
    }

    /** What still has processes is left. */
    private static void removeFrom(Directory parent, String name) {
        try {
            parent.remove(name);
        } catch (KernelException e) {
            if (!e.is(Errno.EBUSY) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static boolean isGone(Path directory) {
        long result = onPath(SYS_RMDIR, directory);
        if (result == -Errno.EBUSY.number()) {
            return false;
        }
        if (result != -Errno.ENOENT.number()) {
            Libc.check(result, "rmdir", directory.toString());
        }
        return true;
    }

    private static long onPath(long call, Path path, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            long name = Libc.cString(arena, path.toString()).address();
            return switch (arguments.length) {
                case 0 -> Libc.syscall(call, name);
                case 1 -> Libc.syscall(call, name, arguments[0]);
                default -> Libc.syscall(call, name, arguments[0], arguments[1]);
            };
        }
    }
}
