package berth.engine.doctor;

import berth.engine.doctor.Symptom.State;
import berth.linux.KernelException;
import berth.linux.sysctl.Sysctls;
import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;

/**
 * A number of the kernel's that must be high enough.
 *
 * @param name as sysctl(8) writes it
 * @param least what any host of containers should have
 * @param each what it should have for each container
 * @param why what it is needed for
 */
record Setting(String name, long least, long each, String why) {
    private static final String NEIGHBOURS = "addresses on links, in one table for the host and all containers";
    private static final String NAMESPACES = "containers are made of them, and so are services inside";
    private static final long MOST_PIDS = 1 << 22;
    private static final long MOST_PTYS = 1 << 20;
    /** What LXC lets a container have, its consoles among them, and one more. */
    private static final long EACH_PTYS = 1030;

    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    /** Sources: kernel documentation, admin-guide/sysctl and networking/ip-sysctl; inotify(7), keyrings(7), pty(7). */
    static final List<Setting> ALL = List.of(
            new Setting("fs.aio-max-nr", 524_288, 4096, "all asynchronous reads and writes; a database uses thousands"),
            new Setting("fs.file-max", 1_048_576, 8192, "all open files of all processes"),
            new Setting(
                    "fs.inotify.max_user_instances",
                    1024,
                    0,
                    "one container's users share so many, since each container has ids of its own"),
            new Setting("fs.inotify.max_user_watches", 524_288, 0, "the files and directories that they watch"),
            new Setting("fs.nr_open", 1 << 20, 0, "the files of one process; containers may have as many"),
            new Setting("kernel.keys.maxbytes", 2_000_000, 0, "the size of the keys of one user inside"),
            new Setting("kernel.keys.maxkeys", 2000, 0, "one user inside; systemd makes a keyring for each service"),
            new Setting("kernel.pid_max", 32_768, 1024, "all tasks"),
            new Setting("kernel.pty.max", 4096, EACH_PTYS, "one pool for all; one container can take up to 1028 of it"),
            new Setting("kernel.threads-max", 32_768, 256, "all tasks, by what the kernel would give memory for"),
            new Setting("net.core.bpf_jit_limit", 264_241_152, 1 << 20, "filters of system calls, of every service"),
            new Setting("net.ipv4.neigh.default.gc_thresh1", 128, 2, NEIGHBOURS),
            new Setting("net.ipv4.neigh.default.gc_thresh2", 512, 4, NEIGHBOURS),
            new Setting("net.ipv4.neigh.default.gc_thresh3", 1024, 8, NEIGHBOURS),
            new Setting("net.ipv6.neigh.default.gc_thresh1", 128, 2, NEIGHBOURS),
            new Setting("net.ipv6.neigh.default.gc_thresh2", 512, 4, NEIGHBOURS),
            new Setting("net.ipv6.neigh.default.gc_thresh3", 1024, 8, NEIGHBOURS),
            new Setting("net.netfilter.nf_conntrack_max", 65_536, 1024, "connections through forwarded networks"),
            new Setting("user.max_cgroup_namespaces", 64, 2, NAMESPACES),
            new Setting("user.max_ipc_namespaces", 64, 2, NAMESPACES),
            new Setting("user.max_mnt_namespaces", 256, 16, NAMESPACES),
            new Setting("user.max_net_namespaces", 64, 2, NAMESPACES),
            new Setting("user.max_pid_namespaces", 64, 2, NAMESPACES),
            new Setting("user.max_user_namespaces", 64, 2, NAMESPACES),
            new Setting("user.max_uts_namespaces", 64, 2, NAMESPACES),
            new Setting("vm.max_map_count", 262_144, 0, "the mappings of one process; search engines want so many"));

    /** What it should be on a host of so many containers. */
    long wanted(long containers) {
        long wanted = Math.max(least, each * containers);
        return switch (name) {
            case "kernel.pid_max" -> Math.min(wanted, MOST_PIDS);
            case "kernel.pty.max" -> Math.min(wanted, MOST_PTYS);
            default -> wanted;
        };
    }

    /** What it is; empty if this kernel, or this network namespace, does not have it. */
    OptionalLong value() {
        try {
            return Sysctls.read(path())
                    .map(text -> new BigInteger(text).min(MOST))
                    .map(number -> OptionalLong.of(number.longValue()))
                    .orElseGet(OptionalLong::empty);
        } catch (KernelException unreadable) {
            return OptionalLong.empty();
        }
    }

    /** Where it lies under {@code /proc/sys}. */
    String path() {
        return name.replace('.', '/');
    }

    /** How it is on a host of so many containers. */
    Symptom symptom(long value, long containers) {
        long wanted = wanted(containers);
        boolean enough = value >= wanted;
        return new Symptom(
                "setting",
                name,
                enough ? State.OK : State.LOW,
                Long.toString(value),
                Long.toString(wanted),
                why,
                enough ? "" : "sysctl -w %s=%d, or 'osctl doctor --fix'".formatted(name, wanted));
    }
}
