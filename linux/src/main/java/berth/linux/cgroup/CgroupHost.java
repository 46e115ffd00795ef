package berth.linux.cgroup;

import berth.linux.cgroup.Hierarchy.Version;
import berth.linux.mount.MountPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The cgroup trees of this machine: cgroup2 alone, or v1 hierarchies with or without cgroup2 beside them. Immutable:
 * what is mounted later is not seen. Source: cgroups(7).
 */
public final class CgroupHost {
    /** Of the options of a v1 mount, those that are no controllers. Source: cgroup1_show_options in the kernel. */
    private static final Set<String> NOT_CONTROLLERS = Set.of(
            "rw", "ro", "noprefix", "xattr", "cpuset_v2_mode", "favordynmods", "nofavordynmods", "clone_children");

    private final List<Hierarchy> hierarchies;
    private final Set<String> delegated;

    private CgroupHost(List<Hierarchy> hierarchies, Set<String> delegated) {
        if (hierarchies.isEmpty()) {
            throw new IllegalStateException("no cgroup tree is mounted");
        }
        this.hierarchies = List.copyOf(hierarchies);
        this.delegated = Set.copyOf(delegated);
    }

    /** What is mounted now. @throws IllegalStateException if nothing is */
    public static CgroupHost detect() {
        Set<String> delegated = new HashSet<>(Set.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control"));
        CgroupFile.read(Path.of("/sys/kernel/cgroup/delegate"))
                .ifPresent(names -> delegated.addAll(names.lines().toList()));
        String mounts = CgroupFile.read(Path.of("/proc/thread-self/mountinfo")).orElse("");
        return new CgroupHost(hierarchies(mounts.lines()), delegated);
    }

    /** These trees, for instance the v1 ones alone. */
    public static CgroupHost of(List<Hierarchy> hierarchies) {
        return new CgroupHost(hierarchies, Set.of("cgroup.procs", "cgroup.threads", "cgroup.subtree_control"));
    }

    static List<Hierarchy> hierarchies(Stream<String> mountinfo) {
        Map<Set<String>, Hierarchy> found = new LinkedHashMap<>();
        // A tree mounted twice, or a part of one mounted elsewhere, counts once: where its root is, first.
        mountinfo
                .map(MountPoint::parse)
                .flatMap(Optional::stream)
                .filter(mount -> mount.root().equals("/"))
                .forEach(mount -> {
                    switch (mount.type()) {
                        case "cgroup2" -> found.putIfAbsent(Set.of("cgroup2"), v2(mount.target()));
                        case "cgroup" -> {
                            Set<String> controllers = controllers(mount);
                            found.putIfAbsent(controllers, new Hierarchy(mount.target(), Version.V1, controllers));
                        }
                        default -> {}
                    }
                });
        return List.copyOf(found.values());
    }

    private static Hierarchy v2(Path root) {
        Set<String> controllers = CgroupFile.words(root.resolve("cgroup.controllers"));
        return new Hierarchy(root, Version.V2, controllers);
    }

    private static Set<String> controllers(MountPoint mount) {
        Set<String> controllers = new HashSet<>();
        Arrays.stream(mount.superOptions().split(","))
                .filter(option -> option.startsWith("name=") || !option.contains("="))
                .filter(option -> !NOT_CONTROLLERS.contains(option))
                .forEach(controllers::add);
        return controllers;
    }

    /** Every tree, in the order of mounting. */
    public List<Hierarchy> hierarchies() {
        return hierarchies;
    }

    /** The tree that has {@code controller}, if any does. */
    public Optional<Hierarchy> with(String controller) {
        return hierarchies.stream().filter(h -> h.has(controller)).findFirst();
    }

    /** The cgroup2 tree, if there is one, whatever controllers it has. */
    public Optional<Hierarchy> unified() {
        return hierarchies.stream().filter(Hierarchy::isV2).findFirst();
    }

    /** Whether reads and writes are limited for each cgroup by itself, and not for those in it together. */
    public boolean limitsIoOneByOne() {
        return with("io").isEmpty();
    }

    /** Whether cgroup2 is the only tree. */
    public boolean isPureV2() {
        return hierarchies.stream().allMatch(Hierarchy::isV2);
    }

    /**
     * The cgroup of that path, beneath the root of every tree; it need not exist.
     *
     * @param relativePath for instance {@code osctl/pool.tank}: no {@code .}, {@code ..} or empty components, not absolute
     */
    public Cgroup at(String relativePath) {
        for (String component : relativePath.split("/", -1)) {
            if (component.isEmpty()
                    || component.equals(".")
                    || component.equals("..")
                    || component.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("not a cgroup's path: " + relativePath);
            }
        }
        return new Cgroup(this, relativePath);
    }

    /**
     * The path of the cgroup that the process {@code pid} is in, as {@link #at} takes it, in the tree that answers for
     * {@link Cgroup#processes}; empty for the root cgroup and for a process that is gone. Source: cgroups(7), /proc/PID/cgroup.
     */
    public Optional<String> pathOf(int pid) {
        Hierarchy tree = authoritative();
        return CgroupFile.read(Path.of("/proc", Integer.toString(pid), "cgroup"))
                .flatMap(text -> text.lines()
                        .map(line -> line.split(":", 3))
                        .filter(fields -> fields.length == 3 && isOf(tree, fields[1]))
                        .findFirst())
                .map(fields -> fields[2].substring(1))
                .filter(path -> !path.isEmpty());
    }

    private static boolean isOf(Hierarchy tree, String controllers) {
        return tree.isV2() ? controllers.isEmpty() : tree.controllers().equals(Set.of(controllers.split(",")));
    }

    /** The tree that answers which processes are in a cgroup: cgroup2 where there is one. */
    Hierarchy authoritative() {
        return unified().or(() -> with("freezer")).or(() -> with("pids")).orElseGet(hierarchies::getFirst);
    }

    /** The files that a cgroup2 delegate needs to own besides the directory. */
    Set<String> delegated() {
        return delegated;
    }

    @Override
    public String toString() {
        return new ArrayList<>(hierarchies).toString();
    }
}
