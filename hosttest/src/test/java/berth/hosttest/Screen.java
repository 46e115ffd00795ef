package berth.hosttest;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A command on a terminal of its own, which script(1) provides. */
public final class Screen {
    /** What Ctrl-C, Ctrl-D and Ctrl-A send. */
    static final String CTRL_A = "\u0001";

    static final String CTRL_C = "\u0003";
    static final String CTRL_D = "\u0004";

    private final Running script;

    Screen(Running script) {
        this.script = script;
    }

    /** Presses the keys of {@code text}. */
    public Screen type(String text) {
        script.type(text);
        return this;
    }

    /** Waits until {@code text} was shown. */
    public Screen shows(String text) {
        script.shows(text);
        return this;
    }

    /** All that was shown so far. */
    String output() {
        return script.output();
    }

    /** Gives the terminal another size, as a window manager would. */
    Screen resize(int rows, int columns) {
        try {
            Path terminal = Files.readSymbolicLink(Path.of("/proc", Long.toString(commandPid()), "fd/0"));
            new ProcessBuilder("stty", "-F", terminal.toString(), "rows", "" + rows, "cols", "" + columns)
                    .inheritIO()
                    .start()
                    .waitFor();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The process id of the command itself. */
    long commandPid() {
        return await().atMost(Running.PATIENCE)
                .until(() -> script.handle().children().findFirst(), c -> c.isPresent())
                .orElseThrow()
                .pid();
    }

    /** Closes the terminal, as a lost connection does. */
    void hangUp() {
        script.signal("KILL");
    }

    /** Waits for the end of the command. */
    public Result result() {
        return script.result();
    }
}
