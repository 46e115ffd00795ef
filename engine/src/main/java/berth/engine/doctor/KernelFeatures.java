package berth.engine.doctor;

import berth.engine.confinement.Prlimit;
import berth.engine.doctor.Symptom.State;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimit;
import berth.linux.process.ResourceLimits;
import berth.linux.sysctl.Sysctls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel, as it was built, booted and confined the daemon, can do for containers. */
final class KernelFeatures {
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final int LEAST_MAJOR = 6;
    private static final int LEAST_MINOR = 1;
    private static final Path FUSE = Path.of("/dev/fuse");
    private static final List<String> CONTROLLERS = List.of("cpu", "cpuset", "memory", "pids");

    private final CgroupHost cgroups;
    private final List<Symptom> found = new ArrayList<>();

    private KernelFeatures(CgroupHost cgroups) {
        this.cgroups = cgroups;
    }

    static List<Symptom> examine(CgroupHost cgroups) {
        KernelFeatures features = new KernelFeatures(cgroups);
        features.release();
        features.namespaces();
        features.cgroups();
        features.isolation();
        features.extras();
        return List.copyOf(features.found);
    }

    private void release() {
        String release = Sysctls.read("kernel/osrelease").orElse("");
        Matcher matcher = RELEASE.matcher(release);
        boolean enough = matcher.matches()
                && (Integer.parseInt(matcher.group(1)) > LEAST_MAJOR
                        || (Integer.parseInt(matcher.group(1)) == LEAST_MAJOR
                                && Integer.parseInt(matcher.group(2)) >= LEAST_MINOR));
        add(
                "release",
                enough,
                State.MISSING,
                release,
                "6.1",
                "idmapped mounts, openat2, pidfds",
                "install a newer kernel");
        boolean overlay = text(Path.of("/proc/filesystems")).lines().anyMatch(l -> l.endsWith("\toverlay"));
        add(
                "overlayfs",
                overlay,
                State.ABSENT,
                overlay ? "yes" : "no",
                "yes",
                "pools of driver dir",
                "modprobe overlay, or use driver btrfs");
    }

    private void namespaces() {
        boolean there = Files.exists(Path.of("/proc/self/ns/user"));
        add(
                "user namespaces",
                there,
                State.MISSING,
                there ? "yes" : "no",
                "yes",
                "containers have ids of their own",
                "boot a kernel with CONFIG_USER_NS");
        demand("kernel.unprivileged_userns_clone", "1", "LXC runs as each container's user");
        demand("kernel.apparmor_restrict_unprivileged_userns", "0", "LXC runs as each container's user");
    }

    private void demand(String setting, String wanted, String why) {
        Sysctls.read(setting.replace('.', '/'))
                .ifPresent(value -> add(
                        setting,
                        value.equals(wanted),
                        State.MISSING,
                        value,
                        wanted,
                        why,
                        "sysctl -w %s=%s, and write it to /etc/sysctl.d".formatted(setting, wanted)));
    }

    private void cgroups() {
        for (String controller : CONTROLLERS) {
            controller(controller, cgroups.with(controller).isPresent());
        }
        controller("io", cgroups.with("io").or(() -> cgroups.with("blkio")).isPresent());
        boolean unified = text(Path.of("/proc/self/mounts")).lines().anyMatch(l -> l.contains(" cgroup2 "));
        add(
                "cgroup2",
                unified,
                State.MISSING,
                unified ? "yes" : "no",
                "yes",
                "the devices of containers are guarded there",
                "mount -t cgroup2 none /sys/fs/cgroup/unified");
    }

    private void controller(String name, boolean there) {
        add(
                "cgroup controller " + name,
                there,
                State.ABSENT,
                there ? "yes" : "no",
                "yes",
                "limits of the kind",
                "see cgroup_disable= and CONFIG_ of the kernel");
    }

    private void isolation() {
        boolean apparmor =
                text(Path.of("/sys/module/apparmor/parameters/enabled")).startsWith("Y");
        add(
                "AppArmor",
                apparmor,
                State.ABSENT,
                apparmor ? "on" : "off",
                "on",
                "a second fence; the first is user namespaces, seccomp and capabilities",
                "boot a kernel that has it, with apparmor=1 security=apparmor");
        boolean seccomp = Sysctls.read("kernel/seccomp/actions_avail").isPresent();
        add(
                "seccomp",
                seccomp,
                State.MISSING,
                seccomp ? "yes" : "no",
                "yes",
                "no container runs without a filter of system calls",
                "boot a kernel with CONFIG_SECCOMP_FILTER");
    }

    private void extras() {
        boolean pressure = Files.exists(Path.of("/proc/pressure/memory"));
        add(
                "pressure (PSI)",
                pressure,
                State.ABSENT,
                pressure ? "yes" : "no",
                "yes",
                "memory_pressure and the like of 'ct show'",
                "boot with psi=1");
        boolean fuse = Files.exists(FUSE);
        add(
                "FUSE",
                fuse,
                State.ABSENT,
                fuse ? FUSE.toString() : "-",
                FUSE.toString(),
                "lxcfs, by which containers see their own memory and processors in /proc",
                "modprobe fuse");
        ResourceLimit wanted = Prlimit.FILES.limit();
        ResourceLimit possible = ResourceLimits.attainable(Resource.NOFILE, wanted);
        add(
                "open files",
                possible.equals(wanted),
                State.LOW,
                Long.toString(possible.hard()),
                Long.toString(wanted.hard()),
                "what osctld may let a process in a container have",
                "give osctld CAP_SYS_RESOURCE, or a higher LimitNOFILE");
    }

    private void add(
            String name, boolean fine, State otherwise, String value, String wanted, String why, String advice) {
        found.add(new Symptom("kernel", name, fine ? State.OK : otherwise, value, wanted, why, fine ? "" : advice));
    }

    private static String text(Path file) {
        return Optional.of(file).filter(Files::exists).map(KernelFeatures::read).orElse("");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
