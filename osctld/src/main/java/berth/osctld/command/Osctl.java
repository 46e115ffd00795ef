package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.operation.Actor;
import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;
import berth.linux.socket.BrokenPipe;
import berth.osctld.output.Out;
import berth.osctld.server.Exits;
import berth.osctld.server.Program;
import berth.osctld.server.Session;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The program {@code osctl}: finds the command that a line names, runs it, and tells its errors. Safe for many threads. */
public final class Osctl implements Program {
    private static final Logger LOG = LoggerFactory.getLogger(Osctl.class);

    private final Services services;
    private final Group root;

    /** The tree of all commands over {@code services}. */
    public Osctl(Services services) {
        this(services, CommandTree.root());
    }

    Osctl(Services services, Group root) {
        this.services = services;
        this.root = root;
    }

    @Override
    public ExitStatus run(Session session) {
        GlobalOptions options = new GlobalOptions();
        try {
            return dispatch(session, options);
        } catch (UncheckedIOException e) {
            return e.getCause() instanceof BrokenPipe ? Exits.killed(Signal.PIPE) : report(session, options, e);
        } catch (RuntimeException | StackOverflowError e) {
            return report(session, options, e);
        }
    }

    private ExitStatus dispatch(Session session, GlobalOptions options) {
        Route route = Route.follow(root, words(session), options);
        if (options.version()) {
            out(session, options).text("osctl " + services.version() + "\n");
            return Exits.OK;
        }
        return switch (route.node()) {
            case Group group -> {
                if (!options.help() && group != root) {
                    throw UsageErrors.incomplete(group, route.path());
                }
                out(session, options).text(HelpText.of(group, route.path()));
                yield Exits.OK;
            }
            case Leaf leaf -> run(leaf, route, session, options);
        };
    }

    private ExitStatus run(Leaf leaf, Route route, Session session, GlobalOptions options) {
        OsctlCommand command = leaf.create();
        CommandLine parser = CommandSpecs.parser(command, options);
        if (!options.help()) {
            try {
                parser.parseArgs(route.rest().toArray(String[]::new));
            } catch (ParameterException e) {
                throw UsageErrors.of(e, route.path(), route.rest());
            }
        }
        Out out = out(session, options);
        if (options.help()) {
            out.text(HelpText.of(leaf, route.path()));
            return Exits.OK;
        }
        Actor actor = Actors.of(session, route.path(), route.rest());
        try (Call call = new Call(session, services, out, actor, options, root)) {
            command.run(call);
            return call.exit();
        }
    }

    /** The words after {@code osctl}; a shortcut is the first of them. */
    private List<String> words(Session session) {
        List<String> arguments = session.invocation().arguments();
        String name = session.invocation().name();
        if (name.equals(root.name()) || !CommandTree.SHORTCUTS.contains(name)) {
            return arguments;
        }
        List<String> words = new ArrayList<>(arguments.size() + 1);
        words.add(name);
        words.addAll(arguments);
        return words;
    }

    private static Out out(Session session, GlobalOptions options) {
        return new Out(session.out(), session.err(), options.style(session.invocation()));
    }

    private static ExitStatus report(Session session, GlobalOptions options, Throwable error) {
        // An interrupt would end the writing of the error, too.
        boolean interrupted = Thread.interrupted();
        BerthException shown = Failures.explain(error, session);
        try {
            out(session, options).error(shown);
        } catch (UncheckedIOException e) {
            LOG.debug("an error could not be told", e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return session.signals()
                .cancelledBy()
                .map(Exits::cancelled)
                .orElseGet(() -> Exits.of(shown.code().exitStatus()));
    }
}
