package berth.engine.lxcfs;

import berth.linux.Fd;
import berth.linux.mount.GuestMounts;
import berth.linux.mount.MountAttribute;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is mounted over files of containers' {@code /proc} and {@code /sys}: views of lxcfs, and covers over what tells of the host.
 *
 * <p>The daemon mounts them, not LXC: it holds the files of lxcfs open, so that a start asks lxcfs nothing.
 */
public final class Views {
    /**
     * The files of lxcfs, each beneath its mount point and beneath the container's root. Not all of {@code sys/devices/system/cpu}:
     * what is written there lxcfs would write to the host's, as root.
     */
    static final List<String> PATHS = List.of(
            "proc/cpuinfo",
            "proc/diskstats",
            "proc/loadavg",
            "proc/meminfo",
            "proc/slabinfo",
            "proc/stat",
            "proc/swaps",
            "proc/uptime",
            "sys/devices/system/cpu/online");

    /**
     * Files and directories that tell of the host and that no guest needs. That their owner is not mapped is what protects those
     * with secrets; this keeps programs from what is merely not about the container, and root inside can unmount it.
     */
    private static final List<String> COVERED_FILES = List.of(
            "proc/interrupts", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/sched_debug", "proc/timer_list");

    private static final List<String> COVERED_DIRECTORIES =
            List.of("proc/acpi", "proc/asound", "proc/scsi", "sys/firmware", "sys/devices/virtual/powercap");

    private static final Set<MountAttribute> COVER = EnumSet.of(
            MountAttribute.READ_ONLY, MountAttribute.NO_SUID, MountAttribute.NO_DEVICES, MountAttribute.NO_EXEC);
    private static final Path NOTHING = Path.of("/dev/null");

    private final Lxcfs lxcfs;
    private final Path empty;

    /** @param runDirectory where an empty directory is made, to cover others with */
    public Views(Lxcfs lxcfs, Path runDirectory) {
        this.lxcfs = lxcfs;
        this.empty = runDirectory.resolve("empty");
    }

    /** Gives the guest with process {@code init}, a new one, its views and covers. */
    public void give(int init) {
        Map<String, Fd> trees = new LinkedHashMap<>();
        try {
            COVERED_FILES.forEach(f -> trees.put(f, Mounts.openTree(NOTHING)));
            makeEmpty();
            for (String directory : COVERED_DIRECTORIES) {
                Fd tree = Mounts.openTree(empty);
                trees.put(directory, tree);
                Mounts.setAttributes(tree, COVER);
            }
            trees.putAll(open(PATHS));
            GuestMounts.attachAll(init, trees);
        } finally {
            trees.values().forEach(Fd::close);
        }
    }

    /**
     * Gives the guest with process {@code init} the present views in place of those of an lxcfs that died, and one that has none
     * all of them. What somebody inside has unmounted stays so.
     */
    public void restore(int init) {
        List<MountPoint> former = Mounts.table(init).stream()
                .filter(m -> m.type().equals(Lxcfs.TYPE))
                .toList();
        String device = lxcfs.device().orElse("");
        List<String> wanted =
                PATHS.stream().filter(p -> isWanted(p, former, device)).toList();
        Map<String, Fd> trees = open(wanted);
        try {
            former.stream()
                    .map(m -> m.target().toString())
                    .filter(target -> trees.containsKey(target.substring(1)))
                    .forEach(target -> GuestMounts.remove(init, target));
            GuestMounts.attachAll(init, trees);
        } finally {
            trees.values().forEach(Fd::close);
        }
    }

    /** Whether the guest with process {@code init} sees those of the present lxcfs. */
    public boolean has(int init) {
        Optional<String> device = lxcfs.device();
        return Mounts.table(init).stream()
                .anyMatch(m -> m.type().equals(Lxcfs.TYPE)
                        && device.filter(m.device()::equals).isPresent());
    }

    private Map<String, Fd> open(List<String> paths) {
        Map<String, Fd> trees = lxcfs.open(paths);
        trees.values().forEach(tree -> Mounts.setAttributes(tree, COVER));
        return trees;
    }

    private static boolean isWanted(String path, List<MountPoint> former, String device) {
        List<MountPoint> here = former.stream()
                .filter(m -> m.target().equals(Path.of("/" + path)))
                .toList();
        return here.isEmpty()
                ? former.isEmpty()
                : here.stream().noneMatch(m -> m.device().equals(device));
    }

    private void makeEmpty() {
        try {
            Files.createDirectories(empty);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
