package berth.osctld;

import berth.linux.socket.UnixListener;
import berth.osctld.command.Osctl;
import berth.osctld.command.Services;
import berth.osctld.server.CommandServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's start. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int SESSIONS = 1024;
    private static final int SOCKET_MODE = 0660;

    private Main() {}

    /** Runs until it is killed. */
    public static void main(String[] args) throws IOException {
        List<String> words = List.of(args);
        int at = words.indexOf("--instance");
        String instance = at >= 0 && at + 1 < words.size() ? words.get(at + 1) : "osctl";
        Path directory = Files.createDirectories(Path.of("/run", instance));
        UnixListener listener = UnixListener.bind(directory.resolve("osctld.sock"), SOCKET_MODE, 0, 0);
        Osctl osctl = new Osctl(new Services("0.1.0", instance));
        CommandServer server = new CommandServer(listener, osctl, SESSIONS);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
        LOG.info("osctld {} is ready", instance);
        server.serve();
    }
}
