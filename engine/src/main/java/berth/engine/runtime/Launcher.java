package berth.engine.runtime;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.isolation.SeccompProfile;
import berth.engine.store.FileFailure;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.Mounts;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.ClockOffsets;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Brings up what a running container consists of on the host, piece by piece, and takes it away again. Every call may be
 * repeated, and each taking away tolerates that nothing is there. The caller holds the container's lock.
 */
public final class Launcher {
    /** What LXC says where the kernel has no pseudo-terminal left: of a container's console, and of its other terminals. */
    private static final List<String> TERMINAL_FAILURES = List.of("Failed to allocate console", "Failed to create tty");

    /** Many more than systemd or a container engine makes inside, and few enough that one guest never has all of the kernel's 65535. */
    private static final int MOST_CGROUPS = 4096;

    private static final int DEEPEST_CGROUP = 64;
    private static final int LONGEST_OUTPUT = 16 * 1024;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Entry entry;
    private final LxcPrograms lxc;
    private final CgroupHost cgroups;
    private final Monitors monitors;
    private final MountStage stage;

    public Launcher(Entry entry, LxcPrograms lxc, CgroupHost cgroups, Monitors monitors, MountStage stage) {
        this.entry = entry;
        this.lxc = lxc;
        this.cgroups = cgroups;
        this.monitors = monitors;
        this.stage = stage;
    }

    /** Makes its cgroup and hands the part below the limits to its user. */
    public void makeCgroup(RunPlan plan) {
        Cgroup own = cgroups.at(plan.cgroup());
        own.create();
        own.limitCgroups(MOST_CGROUPS, DEEPEST_CGROUP);
        Cgroup delegated = cgroups.at(ContainerCgroup.delegated(plan.cgroup()));
        delegated.createDelegated(plan.uid(), plan.uid());
        cgroups.at(ContainerCgroup.entry(plan.cgroup())).createLeaf();
    }

    /** Kills what is in its cgroup and removes it, and what it alone kept of the tree above it. */
    public void removeCgroup(RunPlan plan) {
        Cgroup cgroup = cgroups.at(plan.cgroup());
        if (cgroup.exists()) {
            cgroup.kill();
            cgroup.awaitEmpty(LIMIT);
            cgroup.delete(LIMIT);
        }
        String path = plan.cgroup();
        cgroups.at(path.substring(0, path.lastIndexOf('/'))).prune(cgroups.at(path.substring(0, path.indexOf('/'))));
    }

    /** Writes LXC's configuration and makes the directories and log files that the monitor needs. */
    public void configure(RunPlan plan) throws IOException {
        RunDirectory paths = plan.paths();
        // What an end that went wrong left there would be given the mode below, and it is the guest's.
        detachRoot(plan);
        makeDirectory(paths.directory(), "rwx------");
        grantGroup(paths.directory(), paths.gid(), "rwx--x---");
        makeDirectory(paths.rootfs(), "rwx------");
        makeDirectory(paths.lxcRuntime(), "rwx------");
        own(paths.lxcRuntime(), plan.uid(), plan.uid());
        stage.make(plan.stage());
        RebootHook.write(paths.rebootHook());
        Files.setPosixFilePermissions(paths.rebootHook(), PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(paths.config(), LxcConfig.render(plan, delegated(plan), ClockOffsets.toZero()));
        grantGroup(paths.config(), plan.uid(), "rw-r-----");
        Optional<SeccompProfile> seccomp = plan.isolation().ownSeccomp();
        if (seccomp.isPresent()) {
            Files.writeString(paths.seccomp(), seccomp.get().enforced());
            grantGroup(paths.seccomp(), plan.uid(), "rw-r-----");
        }
        // LXC appends: the errors of this start must not be mistaken for those of a former one.
        Files.write(plan.lxcLog(), new byte[0]);
        grantGroup(plan.lxcLog(), plan.uid(), "rw-rw----");
        Files.write(plan.consoleLog(), new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        grantGroup(plan.consoleLog(), plan.uid(), "rw-rw----");
    }

    /** Writes LXC's configuration again, for what enters the running container from now on; its monitor has read it already. */
    public void configureEntering(RunPlan plan) {
        Path config = plan.paths().config();
        Path next = config.resolveSibling("config.next");
        try {
            Files.writeString(next, LxcConfig.renderForEntering(plan, delegated(plan)));
            grantGroup(next, plan.uid(), "rw-r-----");
            Files.move(next, config, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw FileFailure.of("write", config, e);
        }
    }

    /** Removes its directories under {@code /run}. */
    public void unconfigure(RunPlan plan) {
        stage.remove(plan.stage());
        try (Directory all = Directory.open(plan.paths().lxcPath(), Resolution.NO_LINKS)) {
            all.removeTree(plan.paths().name());
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /** Puts the detached mount {@code root} where LXC looks for the root file system. */
    public void attachRoot(RunPlan plan, Fd root) {
        Mounts.attach(root, plan.paths().rootfs());
    }

    /** Unmounts the root file system from the host; processes that still use it keep it. */
    public void detachRoot(RunPlan plan) {
        boolean mounted = true;
        while (mounted) {
            try {
                Mounts.unmount(plan.paths().rootfs());
            } catch (KernelException e) {
                if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                    throw e;
                }
                mounted = false;
            }
        }
    }

    /**
     * Starts LXC's monitor and waits until the container's init has been run.
     *
     * @throws BerthException FAILED with LXC's reason; TIMEOUT. Something of it may be left: see the taking away above
     */
    public Monitor start(RunPlan plan, Duration limit) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                lxc.start().toString(), "-P", plan.paths().lxcPath().toString(), "-n", plan.name(), "-d", "--"));
        // Not by lxc.init.cmd: LXC splits that at every space and knows no quotes.
        words.addAll(plan.init());
        var command = entry.command(
                        plan.uid(),
                        plan.paths().gid(),
                        cgroups.at(ContainerCgroup.delegated(plan.cgroup())).entrances(),
                        plan.confinement(),
                        words)
                .withEnvironment(Map.of(
                        "PATH",
                        Attachments.searchPath(),
                        "XDG_RUNTIME_DIR",
                        plan.paths().lxcRuntime().toString()));
        try {
            Captured result = Capture.of(command).keeping(LONGEST_OUTPUT).run(limit);
            if (!result.status().isSuccess()) {
                throw failed(plan, result.errorText());
            }
        } catch (TimeoutException e) {
            throw new BerthException(
                    ErrorCode.TIMEOUT,
                    "container '%s' did not start within %s s"
                            .formatted(
                                    plan.name(),
                                    BigDecimal.valueOf(limit.toMillis(), 3)
                                            .stripTrailingZeros()
                                            .toPlainString()),
                    "'osctl ct log cat %s' shows how far it came".formatted(plan.name()));
        }
        return monitors.find(plan)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.FAILED,
                        "the init of container '%s' ended as soon as it was started".formatted(plan.name()),
                        "'osctl ct log cat %s' shows what it wrote to its console".formatted(plan.name())));
    }

    private List<Path> delegated(RunPlan plan) {
        return cgroups.at(ContainerCgroup.delegated(plan.cgroup())).directories();
    }

    private static BerthException failed(RunPlan plan, String output) {
        String cause =
                LxcLog.cause(plan.lxcLog()).or(() -> output.lines().findFirst()).orElse("LXC gave no reason");
        boolean isShortOfTerminals = TERMINAL_FAILURES.stream().anyMatch(cause::contains);
        return new BerthException(
                ErrorCode.FAILED,
                "container '%s' cannot be started: %s".formatted(plan.name(), cause),
                isShortOfTerminals
                        ? "the host has no pseudo-terminals left; let it have more: 'sysctl kernel.pty.max=65536'"
                        : "'osctl ct log cat %s' shows LXC's whole log".formatted(plan.name()));
    }

    private static void makeDirectory(Path directory, String permissions) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    private static void grantGroup(Path file, int gid, String permissions) throws IOException {
        own(file, 0, gid);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static void own(Path path, int uid, int gid) throws IOException {
        Files.setAttribute(path, "unix:uid", uid);
        Files.setAttribute(path, "unix:gid", gid);
    }
}
