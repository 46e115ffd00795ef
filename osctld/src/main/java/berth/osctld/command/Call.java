package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Actor;
import berth.engine.operation.Caller;
import berth.engine.operation.Progress;
import berth.engine.operation.Wait;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.ExitStatus;
import berth.osctld.output.CallProgress;
import berth.osctld.output.Out;
import berth.osctld.output.Style;
import berth.osctld.server.Exits;
import berth.osctld.server.Session;
import berth.osctld.server.StandardStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One run of a command: who asked, whom to answer, and the services that do the work. */
final class Call implements AutoCloseable {
    private final Session session;
    private final Services services;
    private final Out out;
    private final Actor actor;
    private final GlobalOptions options;
    private final Group root;
    private final CallProgress progress;
    private ExitStatus exit = Exits.OK;

    Call(Session session, Services services, Out out, Actor actor, GlobalOptions options, Group root) {
        this.session = session;
        this.services = services;
        this.out = out;
        this.actor = actor;
        this.options = options;
        this.root = root;
        this.progress =
                CallProgress.on(out, screen(), session.invocation().window().columns());
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

    /** On whose account the engine works; its progress is shown. */
    Caller caller() {
        return caller(progress);
    }

    /** The same for one of several pieces of work at once, of which only warnings are shown. */
    Caller silentCaller() {
        return caller(new Warnings(out));
    }

    /** What names mean. */
    Names names() {
        return new Names(services, options.pool());
    }

    /** The whole tree. */
    Group root() {
        return root;
    }

    /**
     * The file or directory {@code path}, opened for reading with the caller's rights; whoever asks closes it.
     *
     * @throws BerthException NOT_FOUND, with the reason
     */
    Fd open(String path) {
        return open(path, null);
    }

    /** As {@link #open}, of a directory that whoever asked can make where there is none. */
    Fd openDirectory(String path) {
        return open(path, "make it: 'mkdir %s'".formatted(path));
    }

    private Fd open(String path, @Nullable String hintIfMissing) {
        try {
            return session.openForReading(path);
        } catch (KernelException e) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "'%s' cannot be opened: %s".formatted(path, e.reason()),
                    e.is(Errno.ENOENT) ? hintIfMissing : null,
                    e);
        }
    }

    /** Writes {@code text}, and nothing else, to a file, with the caller's rights. @throws BerthException FAILED */
    void write(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Fd file = session.create(path)) {
            file.writeFully(bytes, 0, bytes.length);
        } catch (KernelException e) {
            throw new BerthException(ErrorCode.FAILED, "cannot write '%s': %s".formatted(path, e.reason()));
        }
    }

    /** How the command ends unless it throws. */
    void exit(ExitStatus status) {
        exit = status;
    }

    /** What {@link #exit(ExitStatus)} was told, success before. */
    ExitStatus exit() {
        return exit;
    }

    /** Takes progress off the screen. */
    @Override
    public void close() {
        progress.close();
    }

    private Caller caller(Progress shown) {
        return new Caller(actor, options.noWait() ? Wait.NO_WAIT : Wait.FOREVER, shown);
    }

    private CallProgress.Screen screen() {
        if (out.style().volume() == Style.Volume.QUIET) {
            return CallProgress.Screen.NONE;
        }
        return session.invocation().isTerminal(StandardStream.STDERR)
                ? CallProgress.Screen.TERMINAL
                : CallProgress.Screen.PIPE;
    }

    private record Warnings(Out out) implements Progress {
        @Override
        public void step(String name) {}

        @Override
        public void percent(double percent) {}

        @Override
        public void note(String text) {}

        @Override
        public void warn(String text) {
            out.warn("%s", text);
        }
    }
}
