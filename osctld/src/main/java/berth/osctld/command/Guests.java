package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerShell;
import berth.engine.runtime.GuestProcess;
import berth.osctld.server.Session;
import berth.osctld.server.StandardStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Runs programs inside containers on the caller's own descriptors, with his signals and his window. */
final class Guests {
    private Guests() {}

    /** Opens a shell in {@code container} and ends the command as it ends. */
    static void attach(Call call, Container container, boolean userShell) {
        Optional<String> user = userShell ? Optional.of("root") : Optional.empty();
        ContainerShell shell = call.services().containers().shell();
        run(call, shell.attach(container, user, environment(call.session()), streams(call.session())));
    }

    /** Waits for {@code process}, passing signals and window sizes on, and ends the command as it ends. */
    static void run(Call call, GuestProcess process) {
        Session session = call.session();
        try (process;
                var _ = session.signals().handle(process::signal);
                var _ = session.signals().onResize(_ -> process.resized())) {
            call.exit(process.await());
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

    /** The caller's descriptors. */
    static ContainerShell.Streams streams(Session session) {
        return new ContainerShell.Streams(
                session.descriptor(StandardStream.STDIN),
                session.descriptor(StandardStream.STDOUT),
                session.descriptor(StandardStream.STDERR));
    }
}
