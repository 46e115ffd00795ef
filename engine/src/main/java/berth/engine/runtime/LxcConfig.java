package berth.engine.runtime;

import berth.engine.confinement.Amount;
import berth.engine.confinement.Capabilities;
import berth.engine.confinement.Prlimit;
import berth.linux.process.ClockOffsets;
import berth.linux.process.ResourceLimit;
import berth.linux.process.ResourceLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration file that LXC reads, written whole for each start. Source: lxc.container.conf(5).
 *
 * <p>Everything is written out: nothing of the host's {@code /usr/share/lxc} or {@code /etc/lxc} changes what a container gets.
 */
final class LxcConfig {
    private static final String CONSOLE_LOG_SIZE = "256KB";
    private static final int TTYS = 4;
    private static final int PTYS = 1024;

    /**
     * Whoever makes a user namespace may mount the kernel's file systems anew in it only if it sees some instance of theirs with
     * nothing mounted over any of its files, which is true of neither /proc nor /sys. Source: mount_too_revealing() in Linux.
     */
    private static final List<String> NESTING_MOUNTS =
            List.of("proc dev/.lxc/proc proc create=dir 0 0", "sysfs dev/.lxc/sys sysfs create=dir 0 0");

    /** Where every program may write, whatever else is read-only. Source: FHS 3.0, 3.15, 3.18, 5.15. */
    private static final List<String> SCRATCH = List.of(
            "tmpfs run tmpfs nosuid,nodev,mode=755,optional 0 0",
            "tmpfs tmp tmpfs nosuid,nodev,mode=1777,optional 0 0",
            "tmpfs var/tmp tmpfs nosuid,nodev,mode=1777,optional 0 0");

    private final List<String> lines = new ArrayList<>();

    private LxcConfig() {}

    /**
     * The text of the configuration for {@code plan}.
     *
     * @param cgroups the directories of its delegated cgroup, one in each tree
     * @param clocks by how much its clocks differ from the host's, if the kernel keeps such
     */
    static String render(RunPlan plan, List<Path> cgroups, Optional<ClockOffsets> clocks) {
        LxcConfig config = new LxcConfig();
        config.identity(plan);
        config.fileSystems(plan);
        config.isolation(plan);
        clocks.ifPresent(config::clocks);
        config.terminals(plan);
        config.set("lxc.hook.post-stop", RebootHook.command(plan.paths().rebootHook(), cgroups));
        config.set("lxc.hook.start-host", plan.startHost());
        config.lines.addAll(plan.confinement().rawLxc());
        return String.join("\n", config.lines) + "\n";
    }

    /**
     * The same for what enters the running container, which LXC gives its resource limits: not its init, since LXC would give a
     * later one, after a reboot, what this one had.
     */
    static String renderForEntering(RunPlan plan, List<Path> cgroups) {
        LxcConfig config = new LxcConfig();
        plan.confinement().prlimits().forEach((name, wanted) -> {
            ResourceLimit limit = ResourceLimits.attainable(Prlimit.resource(name), wanted.limit());
            config.set("lxc.prlimit." + name, new Amount(limit.soft()) + ":" + new Amount(limit.hard()));
        });
        return render(plan, cgroups, Optional.empty()) + String.join("\n", config.lines) + "\n";
    }

    private void identity(RunPlan plan) {
        set("lxc.uts.name", plan.hostname());
        if (plan.arch().equals("i386")) {
            // Everything else runs as the machine is; here uname must not say x86_64.
            set("lxc.arch", "i686");
        }
        // The file is LXC's alone and starts empty with each start; its errors explain a failed one.
        set("lxc.log.file", plan.lxcLog().toString());
        set("lxc.log.level", "WARN");
    }

    private void fileSystems(RunPlan plan) {
        set("lxc.rootfs.path", "dir:" + plan.paths().rootfs());
        set("lxc.autodev", "1");
        // A guest's init mounts the cgroups of its namespace itself, but what systemd makes of hierarchies that a host
        // has apart
        // (cpu, cpuacct) LXC cannot use; and other inits may make nothing at all.
        set(
                "lxc.mount.auto",
                (plan.isolation().nesting() ? "cgroup:rw:force" : "cgroup:mixed") + " proc:mixed sys:mixed");
        if (plan.isolation().nesting()) {
            NESTING_MOUNTS.forEach(line -> set("lxc.mount.entry", line));
        }
        set("lxc.mount.entry", "%s %s none bind,create=dir 0 0".formatted(plan.stage(), MountStage.DOOR));
        if (plan.isolation().readOnlyRoot()) {
            SCRATCH.forEach(line -> set("lxc.mount.entry", line));
        }
    }

    private void isolation(RunPlan plan) {
        plan.idmap().forEach(line -> set("lxc.idmap", line));
        // A network namespace of its own with nothing but lo; interfaces are added to it from outside.
        set("lxc.net.0.type", "empty");
        Path seccomp = plan.isolation().ownSeccomp().isPresent()
                ? plan.paths().seccomp()
                : plan.isolation().standardSeccomp();
        set("lxc.seccomp.profile", seccomp.toString());
        plan.isolation().appArmor().ifPresent(profile -> set("lxc.apparmor.profile", profile));
        set(
                "lxc.cap.drop",
                String.join(
                        " ",
                        Capabilities.dropped(
                                plan.confinement().chosenCapabilities().orElse(null))));
        // LXC may only make cgroups beneath the one it was started in: limits sit above, where it cannot write.
        set("lxc.cgroup.relative", "1");
        set("lxc.cgroup.dir.monitor", ContainerCgroup.MONITOR);
        set("lxc.cgroup.dir.monitor.pivot", ContainerCgroup.PIVOT);
        set("lxc.cgroup.dir.container", ContainerCgroup.PAYLOAD);
    }

    /** LXC keeps them for reboots, from which they therefore do not start anew. */
    private void clocks(ClockOffsets clocks) {
        set("lxc.time.offset.boot", clocks.boot() + "s");
        set("lxc.time.offset.monotonic", clocks.monotonic() + "s");
    }

    private void terminals(RunPlan plan) {
        set("lxc.tty.max", Integer.toString(TTYS));
        set("lxc.pty.max", Integer.toString(PTYS));
        set("lxc.console.logfile", plan.consoleLog().toString());
        set("lxc.console.size", CONSOLE_LOG_SIZE);
    }

    private void set(String key, String value) {
        if (value.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("control character in " + key);
        }
        lines.add(key + " = " + value);
    }
}
