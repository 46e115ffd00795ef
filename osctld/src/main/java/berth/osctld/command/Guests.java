package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerShell;
import berth.engine.runtime.GuestProcess;
import berth.osctld.server.Session;
import berth.osctld.server.StandardStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Runs programs inside containers for a caller, with his streams, his signals and his window. */
final class Guests {
    private Guests() {}

    /** Opens a shell in {@code container} and ends the command as it ends. */
    static void attach(Call call, Container container, boolean userShell) {
        Optional<String> user = userShell ? Optional.of("root") : Optional.empty();
        ContainerShell shell = call.services().containers().shell();
        run(call, streams -> shell.attach(container, user, environment(call.session()), streams));
    }

    /** Runs what {@code start} starts with the streams it is given, and ends the command as it ends. */
    static void run(Call call, Function<ContainerShell.Streams, GuestProcess> start) {
        try (GuestStreams streams = new GuestStreams(call.session());
                GuestProcess process = start.apply(streams.streams())) {
            call.exit(streams.run(process));
        }
    }

    /** The variables that a program on the caller's terminal needs. */
    static Map<String, String> environment(Session session) {
        Map<String, String> variables = new HashMap<>();
        String terminal = session.invocation().environment().get("TERM");
        if (terminal != null && session.invocation().isTerminal(StandardStream.STDIN)) {
            variables.put("TERM", terminal);
        }
        return variables;
    }
}
