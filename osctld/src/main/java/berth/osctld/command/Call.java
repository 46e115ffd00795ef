package berth.osctld.command;

import berth.linux.process.ExitStatus;
import berth.osctld.output.Out;
import berth.osctld.server.Exits;
import berth.osctld.server.Session;
import java.util.Optional;

/** One run of a command: who asked, whom to answer, and the services that do the work. */
final class Call {
    private final Session session;
    private final Services services;
    private final Out out;
    private final GlobalOptions options;
    private final Group root;
    private ExitStatus exit = Exits.OK;

    Call(Session session, Services services, Out out, GlobalOptions options, Group root) {
        this.session = session;
        this.services = services;
        this.out = out;
        this.options = options;
        this.root = root;
    }

    /** The caller and its files. */
    Session session() {
        return session;
    }

    /** The engine. */
    Services services() {
        return services;
    }

    /** Where results go. */
    Out out() {
        return out;
    }

    /** The pool that {@code --pool} names. */
    Optional<String> pool() {
        return options.pool();
    }

    /** The whole tree. */
    Group root() {
        return root;
    }

    /** How the command ends unless it throws. */
    void exit(ExitStatus status) {
        exit = status;
    }

    /** What {@link #exit(ExitStatus)} was told, success before. */
    ExitStatus exit() {
        return exit;
    }
}
