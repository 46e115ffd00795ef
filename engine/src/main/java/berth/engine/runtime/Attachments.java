package berth.engine.runtime;

import berth.linux.Fd;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import berth.linux.process.Spawner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Runs programs inside running containers, by {@code lxc-attach} as the container's user. What they read and write is the
 * caller's own descriptors; with a terminal among them LXC gives the program one of the container's.
 */
public final class Attachments {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Entry entry;
    private final LxcPrograms lxc;
    private final CgroupHost cgroups;

    public Attachments(Entry entry, LxcPrograms lxc, CgroupHost cgroups) {
        this.entry = entry;
        this.lxc = lxc;
        this.cgroups = cgroups;
    }

    /** The search path that programs inside are given. */
    public static String searchPath() {
        return PATH;
    }

    /** Starts {@code guest} with the caller's descriptors, which stay the caller's. */
    public GuestProcess start(RunPlan plan, GuestCommand guest, Fd stdin, Fd stdout, Fd stderr) {
        return new GuestProcess(Spawner.spawn(command(plan, guest)
                .grouped(Command.Grouping.OWN_SESSION)
                .withStdin(stdin)
                .withStdout(stdout)
                .withStderr(stderr)));
    }

    /** Runs {@code guest} to its end without a terminal, giving it {@code input}. */
    public Captured run(RunPlan plan, GuestCommand guest, byte[] input, Duration limit)
            throws TimeoutException, InterruptedException {
        return Capture.of(command(plan, guest)).withInput(input).run(limit);
    }

    private Command command(RunPlan plan, GuestCommand guest) {
        LxcLog.bound(plan.lxcLog());
        List<String> line = new ArrayList<>(List.of(
                lxc.attach().toString(),
                "-P",
                plan.paths().lxcPath().toString(),
                "-n",
                plan.name(),
                "-u",
                Integer.toString(guest.uid()),
                "-g",
                Integer.toString(guest.gid()),
                "--clear-env"));
        // Values stay out of the argument list, which every user of the host can read.
        guest.environment().keySet().stream().sorted().forEach(name -> {
            line.add("--keep-var");
            line.add(name);
        });
        line.add("--");
        guest.directory()
                .ifPresent(d -> line.addAll(List.of("/bin/sh", "-c", "cd -- \"$1\" && shift && exec \"$@\"", "sh", d)));
        Map<String, String> environment = new HashMap<>(guest.environment());
        environment.put("XDG_RUNTIME_DIR", plan.paths().lxcRuntime().toString());
        return entry.command(
                        plan.uid(),
                        plan.paths().gid(),
                        cgroups.at(ContainerCgroup.entry(plan.cgroup())).entrances(),
                        plan.confinement(),
                        line)
                .withArguments(guest.words())
                .withEnvironment(environment);
    }

    /** {@code words} as the bytes of a command line. */
    public static List<byte[]> words(String... words) {
        return List.of(words).stream()
                .map(w -> w.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
