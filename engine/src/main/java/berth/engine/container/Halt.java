package berth.engine.container;

import berth.engine.runtime.Attachments;
import berth.engine.runtime.GuestCommand;
import berth.engine.runtime.InitSystem;
import berth.engine.runtime.Launcher;
import berth.engine.runtime.Monitor;
import berth.engine.runtime.RunPlan;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.Pidfd;
import berth.linux.process.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways to end a running container: asking its init, killing it, and taking away what it leaves on the host. */
final class Halt {
    private static final Logger LOG = LoggerFactory.getLogger(Halt.class);
    /** How long a shutdown command inside may take to hand its request over. */
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);
    /** How long an interrupt may go unnoticed. */
    private static final Duration SLICE = Duration.ofMillis(100);
    /** How long the kernel and LXC may take to end what was killed. */
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final Attachments attachments;
    private final Launcher launcher;
    private final CgroupHost cgroups;

    Halt(Attachments attachments, Launcher launcher, CgroupHost cgroups) {
        this.attachments = attachments;
        this.launcher = launcher;
        this.cgroups = cgroups;
    }

    /** Asks the init to end everything in the way of its kind: whether the container has ended within {@code limit}. */
    boolean ask(RunPlan run, Monitor monitor, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        cgroups.at(run.cgroup()).thaw();
        Optional<Integer> init = monitor.init();
        if (init.isPresent()) {
            ask(run, init.get(), InitSystem::haltSignal, InitSystem::haltCommand, shorter(limit, COMMAND_LIMIT));
        }
        return awaitExit(monitor, end);
    }

    /** As long as {@code end}, in System.nanoTime, is not reached; in slices, as a wait in the kernel hears no interrupt. */
    private static boolean awaitExit(Monitor monitor, long end) throws InterruptedException {
        long left = end - System.nanoTime();
        while (!monitor.process().awaitExit(Duration.ofNanos(Math.clamp(left, 0, SLICE.toNanos())))) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
        }
        return true;
    }

    /** Asks the init to start the container anew: whether its kind can. */
    boolean askForReboot(RunPlan run, int init) throws InterruptedException {
        return ask(run, init, InitSystem::rebootSignal, InitSystem::rebootCommand, COMMAND_LIMIT);
    }

    /**
     * Kills all that is in the cgroup, the monitor with it: what LXC would do after its container's end is done by {@link #cleanUp},
     * faster, and between two inits, as in a reboot, no next one comes up.
     */
    void kill(RunPlan run, Monitor monitor) {
        cgroups.at(run.cgroup()).kill();
        // A frozen process dies only when it runs again.
        cgroups.at(run.cgroup()).thaw();
        monitor.process().awaitExit(KILL_LIMIT);
    }

    /** Takes away what a container leaves on the host when it has ended. */
    void cleanUp(RunPlan run) {
        launcher.removeCgroup(run);
        launcher.detachRoot(run);
        launcher.unconfigure(run);
    }

    private boolean ask(
            RunPlan run,
            int init,
            java.util.function.Function<InitSystem, Optional<Integer>> signal,
            java.util.function.Function<InitSystem, List<String>> command,
            Duration commandLimit)
            throws InterruptedException {
        InitSystem kind = kind(init);
        Optional<Integer> number = signal.apply(kind);
        if (number.isPresent()) {
            try (Pidfd process = Pidfd.open(init).orElse(null)) {
                return process != null && process.signal(number.get());
            }
        }
        return !command.apply(kind).isEmpty() && runInside(run, command.apply(kind), commandLimit);
    }

    private boolean runInside(RunPlan run, List<String> words, Duration limit) throws InterruptedException {
        try {
            var guest = new GuestCommand(
                    0,
                    0,
                    Map.of("PATH", Attachments.searchPath()),
                    Optional.empty(),
                    words.stream().map(w -> w.getBytes(StandardCharsets.UTF_8)).toList());
            return attachments.run(run, guest, new byte[0], limit).status().isSuccess();
        } catch (TimeoutException e) {
            LOG.warn("{} in {} did not end within {} s", words, run.name(), limit.toSeconds());
            return false;
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static InitSystem kind(int init) {
        try {
            return InitSystem.of(
                    Files.readSymbolicLink(Path.of("/proc", Integer.toString(init), "exe"))
                            .toString(),
                    Processes.comm(init).orElse(""));
        } catch (IOException e) {
            // It ended meanwhile, which is what was wanted.
            return InitSystem.OTHER;
        }
    }
}
