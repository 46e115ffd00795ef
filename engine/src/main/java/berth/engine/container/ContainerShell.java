package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.runtime.Attachments;
import berth.engine.runtime.ConsoleViewer;
import berth.engine.runtime.Consoles;
import berth.engine.runtime.GuestCommand;
import berth.engine.runtime.GuestProcess;
import berth.engine.runtime.RunPlan;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileType;
import berth.linux.file.Resolution;
import berth.linux.process.Captured;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Ways into a running container: commands, shells, terminals, passwords. Safe for use by several threads. */
public final class ContainerShell {
    private static final int LONGEST_PASSWD = 1 << 20;
    private static final Duration PASSWORD_LIMIT = Duration.ofSeconds(30);
    /** Shells from the most to the least comfortable; the last two are those of NixOS and of a bare busybox. */
    private static final List<String> SHELLS =
            List.of("/bin/bash", "/usr/bin/bash", "/run/current-system/sw/bin/bash", "/bin/sh", "/bin/busybox");

    private static final List<String> CHPASSWD = List.of(
            "usr/sbin/chpasswd",
            "usr/bin/chpasswd",
            "sbin/chpasswd",
            "bin/chpasswd",
            "run/current-system/sw/bin/chpasswd");

    private final RunPlans plans;
    private final Attachments attachments;
    private final Consoles consoles;
    private final InstantSource clock;

    ContainerShell(RunPlans plans, Attachments attachments, Consoles consoles, InstantSource clock) {
        this.plans = plans;
        this.attachments = attachments;
        this.consoles = consoles;
        this.clock = clock;
    }

    /**
     * Starts a command inside {@code container}.
     *
     * @param user a name of the guest's or a number, root if empty
     * @param directory where it starts, as the guest sees it; {@code /} if empty
     * @param environment variables beside those that every command gets
     * @param words the command, as bytes
     * @throws BerthException WRONG_STATE, NO_PROGRAM
     */
    public GuestProcess exec(
            Container container,
            Optional<String> user,
            Optional<String> directory,
            Map<String, String> environment,
            List<byte[]> words,
            Streams streams) {
        RunPlan plan = running(container);
        try (Directory rootfs = rootfs(plan)) {
            GuestAccount account = account(container, rootfs, user);
            String searchPath = environment.getOrDefault("PATH", Attachments.searchPath());
            GuestProgram.require(container, rootfs, searchPath, words.getFirst());
            return start(plan, account, directory, environment, words, streams);
        }
    }

    /** Starts a shell inside {@code container}: the best one it has, or with {@code account} that user's own. */
    public GuestProcess attach(
            Container container, Optional<String> user, Map<String, String> environment, Streams streams) {
        RunPlan plan = running(container);
        try (Directory rootfs = rootfs(plan)) {
            GuestAccount account = account(container, rootfs, user);
            List<byte[]> words = user.isPresent() ? Attachments.words(account.shell(), "-l") : shell(container, rootfs);
            return start(
                    plan,
                    account,
                    Optional.of(account.home()).filter(h -> isDirectory(rootfs, h)),
                    environment,
                    words,
                    streams);
        }
    }

    /**
     * The caller's descriptors that a program inside reads and writes; they stay the caller's.
     *
     * <p>None is a directory: from there the program could walk through the host's files, beyond the root that it is held in.
     */
    public record Streams(Fd stdin, Fd stdout, Fd stderr) {
        public Streams {
            requireNoDirectory(stdin, "input");
            requireNoDirectory(stdout, "output");
            requireNoDirectory(stderr, "error");
        }

        private static void requireNoDirectory(Fd stream, String name) {
            if (Files.isDirectory(Path.of(stream.procPath()))) {
                throw new BerthException(
                        ErrorCode.INVALID,
                        "standard %s is a directory of the host, from which a program inside could leave its container"
                                .formatted(name),
                        "let it be a file, a pipe or /dev/null");
            }
        }
    }

    /** Looks at terminal {@code number} of {@code container}; 0 is its console. */
    public ConsoleViewer console(Container container, int number) {
        RunPlan plan = running(container);
        return consoles.view(plan, number, container::monitor);
    }

    /**
     * Sets the password of {@code user} inside {@code container}: by the guest's chpasswd, which gets it through a pipe, or
     * where there is none, in its shadow file.
     */
    public void setPassword(Container container, String user, String password) throws InterruptedException {
        if (user.chars().anyMatch(c -> c == ':' || c < ' ') || password.chars().anyMatch(c -> c == '\n' || c == 0)) {
            throw new BerthException(
                    ErrorCode.INVALID, "a user name cannot hold a colon, and a password no line break");
        }
        RunPlan plan = running(container);
        try (Directory rootfs = rootfs(plan)) {
            if (CHPASSWD.stream().noneMatch(p -> rootfs.statTarget(p).isPresent())) {
                new GuestPassword(rootfs, container.name(), clock).set(user, password);
                return;
            }
        }
        byte[] input = (user + ":" + password + "\n").getBytes(StandardCharsets.UTF_8);
        var command = new GuestCommand(
                0, 0, Map.of("PATH", Attachments.searchPath()), Optional.empty(), Attachments.words("chpasswd"));
        try {
            Captured result = attachments.run(plan, command, input, PASSWORD_LIMIT);
            if (!result.status().isSuccess()) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "chpasswd in container '%s' failed: %s"
                                .formatted(
                                        container.name(),
                                        result.errorText()
                                                .lines()
                                                .findFirst()
                                                .orElse(result.status().toString())),
                        "the user must exist there, and the program chpasswd too");
            }
        } catch (TimeoutException e) {
            throw new BerthException(
                    ErrorCode.TIMEOUT, "chpasswd in container '%s' did not end".formatted(container.name()));
        }
    }

    private GuestProcess start(
            RunPlan plan,
            GuestAccount account,
            Optional<String> directory,
            Map<String, String> environment,
            List<byte[]> words,
            Streams streams) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "PATH", Attachments.searchPath(),
                "HOME", account.home(),
                "USER", account.name(),
                "LOGNAME", account.name(),
                "SHELL", account.shell()));
        variables.putAll(environment);
        var command = new GuestCommand(account.uid(), account.gid(), variables, directory, words);
        return attachments.start(plan, command, streams.stdin(), streams.stdout(), streams.stderr());
    }

    private RunPlan running(Container container) {
        switch (container.state()) {
            case RUNNING -> {}
            case FROZEN ->
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' is frozen: nothing can run in it".formatted(container.name()),
                        "let it run on with 'osctl ct unfreeze %s'".formatted(container.name()));
            case STOPPED, STARTING, STOPPING, ERROR ->
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' is %s"
                                .formatted(container.name(), container.state().word()),
                        "start it with 'osctl ct start %s'".formatted(container.name()));
        }
        plans.requireWhole(container);
        return plans.of(container);
    }

    private static Directory rootfs(RunPlan plan) {
        return Directory.open(plan.paths().rootfs(), Resolution.IN_ROOT);
    }

    private static List<byte[]> shell(Container container, Directory rootfs) {
        String shell = SHELLS.stream()
                .filter(s -> rootfs.statTarget(s.substring(1)).isPresent())
                .findFirst()
                .orElseThrow(() -> new BerthException(
                        ErrorCode.FAILED,
                        "container '%s' has no shell".formatted(container.name()),
                        "run a program of its own with 'osctl ct exec'"));
        return shell.endsWith("busybox") ? Attachments.words(shell, "sh") : Attachments.words(shell);
    }

    private static boolean isDirectory(Directory rootfs, String path) {
        return path.startsWith("/")
                && rootfs.statTarget("." + path)
                        .filter(s -> s.type() == FileType.DIRECTORY)
                        .isPresent();
    }

    private static GuestAccount account(Container container, Directory rootfs, Optional<String> user) {
        if (user.isEmpty() || user.get().equals("root")) {
            return accounts(rootfs).filter(a -> a.uid() == 0).findFirst().orElse(GuestAccount.ROOT);
        }
        String wanted = user.get();
        return accounts(rootfs)
                .filter(a ->
                        a.name().equals(wanted) || Integer.toString(a.uid()).equals(wanted))
                .findFirst()
                .or(() -> numeric(wanted))
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "container '%s' has no user '%s'".formatted(container.name(), wanted),
                        "its users are in its /etc/passwd; a number is taken as it is"));
    }

    private static Optional<GuestAccount> numeric(String id) {
        return id.matches("\\d{1,5}") && Integer.parseInt(id) <= 65535
                ? Optional.of(new GuestAccount(id, Integer.parseInt(id), Integer.parseInt(id), "/", "/bin/sh"))
                : Optional.empty();
    }

    private static Stream<GuestAccount> accounts(Directory rootfs) {
        try {
            return new String(rootfs.readFile("etc/passwd", LONGEST_PASSWD), StandardCharsets.UTF_8)
                    .lines()
                    .map(l -> l.split(":", -1))
                    .filter(f -> f.length >= 7 && f[2].matches("\\d{1,5}") && f[3].matches("\\d{1,5}"))
                    .map(f -> new GuestAccount(
                            f[0],
                            Integer.parseInt(f[2]),
                            Integer.parseInt(f[3]),
                            f[5].isEmpty() ? "/" : f[5],
                            f[6].isEmpty() ? "/bin/sh" : f[6]));
        } catch (KernelException e) {
            return Stream.empty();
        }
    }
}
