package berth.osctld;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.StartGate;
import berth.engine.host.TrashCollector;
import berth.engine.host.Upkeep;
import berth.engine.isolation.StandardSeccomp;
import berth.engine.operation.FailPoints;
import berth.engine.runtime.HookProgram;
import berth.linux.socket.UnixListener;
import berth.osctld.command.Osctl;
import berth.osctld.command.Services;
import berth.osctld.server.CommandServer;
import berth.osctld.server.HookServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's start and end. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int SESSIONS = 1024;
    private static final int SOCKET_MODE = 0660;
    /** Everybody's, as each monitor runs as another user: who asks is told by the kernel. */
    private static final int HOOK_SOCKET_MODE = 0666;
    /** What a killed process would report. */
    private static final int CRASHED = 137;

    private Main() {}

    /** Runs until it is told to end. Containers run on without it. */
    public static void main(String[] args) {
        List<String> words = List.of(args);
        if (words.contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        try {
            run(Options.parse(words));
        } catch (BerthException e) {
            System.err.println("osctld: " + e.getMessage());
            e.hint().ifPresent(h -> System.err.println("  hint: " + h));
            System.exit(e.code().exitStatus());
        } catch (IOException e) {
            System.err.println("osctld: " + e.getMessage());
            System.exit(ErrorCode.FAILED.exitStatus());
        }
    }

    private static void run(Options options) throws IOException {
        long begin = System.nanoTime();
        var instance = options.instance();
        // Monitors run as users of their own and pass through both, whatever the caller's umask.
        makeDirectory(instance.runDirectory());
        makeDirectory(instance.stateDirectory());
        // Whoever has the socket is the daemon: nothing is touched before. Commands that come early wait to be
        // accepted.
        UnixListener listener = UnixListener.bind(instance.commandSocket(), SOCKET_MODE, 0, 0);
        StandardSeccomp.lay(instance);
        Path libexec = Path.of(System.getProperty("osctld.libexec", "/usr/libexec/berth"));
        HookProgram.lay(instance, libexec.resolve("osctl"));
        FailPoints failPoints = options.failPoints()
                ? FailPoints.in(
                        instance.failPoints(), () -> Runtime.getRuntime().halt(CRASHED))
                : FailPoints.none();
        Services services = Wiring.services(instance, libexec, failPoints);
        services.containers().views().start();
        services.imageBuilds().endLeftOver();
        services.gate().openAll();
        // Hooks that have been waiting for a daemon find their containers adopted; every start from here on needs an
        // answer.
        StartGate startGate = services.containers().startGate();
        HookServer hooks = new HookServer(
                UnixListener.bind(instance.hookSocket(), HOOK_SOCKET_MODE, 0, 0),
                startGate::recognises,
                startGate::prepare,
                Clock.systemUTC());
        hooks.start();
        services.gate().autostart();
        new TrashCollector(services.pools(), services.containers().trashBin()).start();
        new Upkeep(services.pools(), services.containers()).start();
        CommandServer server = new CommandServer(listener, new Osctl(services), SESSIONS);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            server.close();
            hooks.close();
            services.containers().views().rest();
        }));
        LOG.info(
                "osctld {} of instance {} is ready after {} ms",
                services.version(),
                instance.name(),
                (System.nanoTime() - begin) / 1_000_000);
        server.serve();
    }

    private static void makeDirectory(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }
}
