package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.IdExtent;
import berth.linux.mount.UserNamespaces;
import berth.linux.process.Child;
import berth.linux.process.Command;
import berth.linux.process.Pipe;
import berth.linux.process.Spawner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where images are built: programs of the host and of the image run in namespaces of their own, as a root who is nobody on the
 * host, with ids that nobody else has. They read the host's files as anybody does and write none, have its network, and a directory of
 * their own as {@code /tmp}; {@code /run}, {@code /var/tmp} and {@code /dev/shm} are empty. All of them end with the build, and with the
 * daemon: process 1 of the namespace around theirs is a shell of the host's root, which watches a pipe that the daemon holds.
 */
public final class Sandbox {
    private static final int PRIVATE = 0600;
    private static final List<String> PROXIES = List.of("http_proxy", "https_proxy", "no_proxy");

    private final UserNamespaces namespaces;
    private final List<IdExtent> uids;
    private final List<IdExtent> gids;
    private final List<Path> cgroups;

    /**
     * @param uids the host ids of its users, those of a container
     * @param gids the host ids of its groups
     * @param cgroups the directories whose cgroups its programs are in
     */
    public Sandbox(UserNamespaces namespaces, List<IdExtent> uids, List<IdExtent> gids, List<Path> cgroups) {
        this.namespaces = namespaces;
        this.uids = List.copyOf(uids);
        this.gids = List.copyOf(gids);
        this.cgroups = List.copyOf(cgroups);
    }

    /**
     * What is run.
     *
     * @param program what it is called in messages
     * @param script the resource that begins where {@code sandbox-inside.sh} ends
     * @param shown files and directories that it finds, read-only, as {@code /tmp/shown0} and so on
     * @param notes what it finds in files of these names in {@code /tmp}, which it alone can read: for what nobody shall read in its
     *     arguments
     */
    record Job(String program, String script, List<String> arguments, List<Fd> shown, Map<String, String> notes) {
        Job {
            arguments = List.copyOf(arguments);
            shown = List.copyOf(shown);
            notes = Map.copyOf(notes);
        }

        Job(String program, String script, List<String> arguments, List<Fd> shown) {
            this(program, script, arguments, shown, Map.of());
        }
    }

    /**
     * Starts {@code job}.
     *
     * @param scratch an absolute path of the directory that becomes its {@code /tmp}
     * @throws BerthException FAILED if it cannot be started
     */
    ImageBuilder.Build start(Path scratch, Job job, Progress progress) {
        giveAway(scratch, job.notes());
        // The program opens it when it gets there.
        Fd userns = namespaces.create(uids, gids);
        try (Pipe hold = Pipe.open();
                Pipe out = Pipe.open();
                Pipe err = Pipe.open()) {
            Child child = Spawner.spawn(Command.of(command(userns, scratch, job))
                    .withEnvironment(environment())
                    .withStdin(hold.reader())
                    .withStdout(out.writer())
                    .withStderr(err.writer())
                    .grouped(Command.Grouping.OWN_SESSION));
            return new SandboxBuild(
                    job.program(),
                    child,
                    userns,
                    hold.writer().dup(),
                    out.reader().dup(),
                    err.reader().dup(),
                    progress);
        } catch (KernelException e) {
            userns.close();
            throw new BerthException(
                    ErrorCode.FAILED, "%s did not start: %s".formatted(job.program(), e.getMessage()), null, e);
        }
    }

    private void giveAway(Path scratch, Map<String, String> notes) {
        try (Directory directory = Directory.open(scratch, Resolution.NO_LINKS)) {
            notes.forEach((name, text) -> directory.writeFileAtomically(
                    name, text.getBytes(StandardCharsets.UTF_8), PRIVATE, root(uids), root(gids)));
            directory.chown(".", root(uids), root(gids));
            directory.chmod(".", 0755);
        }
    }

    private static int root(List<IdExtent> extents) {
        return (int) extents.stream()
                .filter(e -> e.inside() == 0)
                .findFirst()
                .orElseThrow()
                .outside();
    }

    private List<String> command(Fd userns, Path scratch, Job job) {
        List<String> command = new ArrayList<>(List.of(
                Programs.find("unshare", "util-linux").toString(),
                "--mount",
                "--pid",
                "--fork",
                "--kill-child=KILL",
                "--propagation",
                "private",
                "--",
                "/bin/sh",
                "-c",
                text("sandbox-enter.sh"),
                "enter",
                ofDaemon(userns),
                scratch.toString()));
        cgroups.forEach(directory -> command.add(directory.toString()));
        command.add("--");
        job.shown().forEach(file -> command.add(ofDaemon(file)));
        command.addAll(List.of("--", text("sandbox-inside.sh") + text(job.script()), job.program()));
        command.addAll(job.arguments());
        return command;
    }

    /** Where another process finds {@code file}. */
    private static String ofDaemon(Fd file) {
        return "/proc/%d/fd/%d".formatted(ProcessHandle.current().pid(), file.number());
    }

    private static Map<String, String> environment() {
        Map<String, String> variables =
                new TreeMap<>(Map.of("PATH", Programs.PATH, "LANG", "C.UTF-8", "HOME", "/tmp", "TMPDIR", "/tmp"));
        System.getenv().forEach((name, value) -> {
            if (PROXIES.contains(name)) {
                variables.put(name, value);
            }
        });
        return variables;
    }

    private static String text(String resource) {
        try (InputStream in = Sandbox.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the script %s is not in the program".formatted(resource));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
