package berth.linux.device;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileType;
import berth.linux.file.Resolution;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import berth.linux.process.FileIds;
import berth.linux.process.NamespaceKind;
import berth.linux.process.NamespaceThread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Nodes in the {@code /dev} of other mount namespaces. One whose {@code /dev} belongs to a user namespace can make none that work:
 * they are made in a file system of the host and mounted over files there. Paths are resolved beneath that {@code /dev}, whatever
 * links somebody inside puts there meanwhile.
 */
public final class DeviceNodes {
    private static final String WORKSHOP = ".berth-devices";
    private static final String INODES = "256";
    private static final String DEV = "/dev/";
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0600;
    private static final int ANY_MODE = 07777;

    private DeviceNodes() {}

    /**
     * Gives the mount namespace of process {@code pid} the nodes that it does not have yet.
     *
     * @param uid their owner, as the host numbers it
     * @param gid their group, likewise
     */
    public static void add(int pid, int uid, int gid, List<DeviceNode> nodes) {
        if (nodes.isEmpty()) {
            return;
        }
        try (Fd made = Mounts.tmpfs(Map.of("mode", "0755", "size", "64k", "nr_inodes", INODES));
                Directory workshop = Directory.of(made.dup(), Resolution.BENEATH)) {
            for (int i = 0; i < nodes.size(); i++) {
                DeviceNode node = nodes.get(i);
                String name = Integer.toString(i);
                workshop.createDevice(name, type(node), node.number(), node.mode());
                workshop.chmod(name, node.mode() & ANY_MODE);
                workshop.chown(name, uid, gid);
            }
            inside(pid, uid, gid, dev -> mountAll(dev, made, nodes));
        }
    }

    /** Takes the node {@code name} of that owner from the mount namespace of process {@code pid}, if it is one of {@link #add}'s. */
    public static void remove(int pid, int uid, int gid, String name) {
        inside(pid, uid, gid, dev -> {
            if (dev.stat(name).filter(s -> s.type() != FileType.SYMLINK).isEmpty()) {
                return;
            }
            try {
                Mounts.unmount(Path.of("/dev", name));
                dev.remove(name);
            } catch (KernelException e) {
                // EINVAL: nothing is mounted there, so it is not one of ours.
                if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        });
    }

    /** The names of the nodes that the mount namespace of process {@code pid} has, other than those that it could make itself. */
    public static Set<String> names(int pid) {
        return names(pid, _ -> true);
    }

    /** The names of those of them that {@link #add} made. */
    public static Set<String> added(int pid) {
        return names(
                pid,
                m -> m.type().equals("tmpfs")
                        && m.root().matches("/\\d+")
                        && m.superOptions().contains("nr_inodes=" + INODES));
    }

    private static Set<String> names(int pid, Predicate<MountPoint> wanted) {
        return Mounts.table(pid).stream()
                .filter(wanted)
                .map(m -> m.target().toString())
                .filter(t -> t.startsWith(DEV))
                .map(t -> t.substring(DEV.length()))
                .collect(Collectors.toSet());
    }

    private static void mountAll(Directory dev, Fd made, List<DeviceNode> nodes) {
        dev.createDirectory(WORKSHOP, 0700);
        try (Directory place = dev.openDirectory(WORKSHOP)) {
            // A mount is copied from where it is attached only: that is here until the copies are made.
            Mounts.attach(made, place.fd());
        }
        try {
            for (int i = 0; i < nodes.size(); i++) {
                mount(dev, made, Integer.toString(i), nodes.get(i).name());
            }
        } finally {
            Mounts.unmount(Path.of("/dev", WORKSHOP));
            dev.remove(WORKSHOP);
        }
    }

    private static void mount(Directory dev, Fd made, String source, String name) {
        if (dev.stat(name).isPresent()) {
            return;
        }
        for (String parent : parents(name)) {
            if (dev.stat(parent).isEmpty()) {
                dev.createDirectory(parent, DIRECTORY_MODE);
            }
        }
        dev.create(name, FILE_MODE).close();
        try (Fd node = Mounts.openTree(made, source);
                Fd target = dev.openPlace(name)) {
            Mounts.attach(node, target);
        }
    }

    private static List<String> parents(String name) {
        List<String> parents = new ArrayList<>();
        for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            parents.add(name.substring(0, slash));
        }
        return parents;
    }

    private static FileType type(DeviceNode node) {
        return node.type() == DeviceType.CHAR ? FileType.CHARACTER_DEVICE : FileType.BLOCK_DEVICE;
    }

    private interface Work {
        void on(Directory dev);
    }

    private static void inside(int pid, int uid, int gid, Work work) {
        try (Fd namespace = NamespaceKind.MOUNT.of(pid)) {
            NamespaceThread.call(Map.of(NamespaceKind.MOUNT, namespace), () -> {
                FileIds.become(uid, gid);
                try (Directory root = Directory.open(Path.of("/"), Resolution.IN_ROOT);
                        Directory dev = root.openDirectory("dev")) {
                    work.on(dev);
                }
                return Boolean.TRUE;
            });
        }
    }
}
