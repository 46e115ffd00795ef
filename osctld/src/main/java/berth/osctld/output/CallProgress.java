package berth.osctld.output;

import berth.engine.operation.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far work is, on standard error. On a terminal one line is written over and over and is gone at the end; elsewhere
 * a step gets a line once it has taken a second. Used by one thread, or by several under one lock of the {@link Out} they share.
 */
public final class CallProgress implements Progress, AutoCloseable {
    /** What reads it. */
    public enum Screen {
        TERMINAL,
        PIPE,
        /** Nobody wants it. */
        NONE
    }

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration FRAME = Duration.ofMillis(100);
    private static final String ERASE = "\r\033[K";

    private final Out out;
    private final Screen screen;
    private final InstantSource clock;
    private final int width;
    private String step = "";
    private long began;
    private long shown;
    private boolean told;
    private @Nullable String line;

    /** @param width columns of the terminal; 0 if it is not known */
    public CallProgress(Out out, Screen screen, InstantSource clock, int width) {
        this.out = out;
        this.screen = screen;
        this.clock = clock;
        this.width = width > 0 ? width : 80;
        this.began = clock.millis();
    }

    @Override
    public synchronized void step(String name) {
        step = name;
        began = clock.millis();
        told = false;
        update(name + "…");
    }

    @Override
    public synchronized void percent(double percent) {
        update(String.format(Locale.ROOT, "%s… %.0f%%", step, percent));
    }

    @Override
    public synchronized void note(String text) {
        erase();
        if (screen != Screen.NONE) {
            out.note("%s", text);
        }
    }

    @Override
    public synchronized void warn(String text) {
        erase();
        out.warn("%s", text);
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        erase();
    }

    private void update(String text) {
        long now = clock.millis();
        switch (screen) {
            case TERMINAL -> {
                if (line == null || now - shown >= FRAME.toMillis()) {
                    String clean = RawText.printable(text);
                    line = clean.length() < width ? clean : clean.substring(0, width - 1);
                    out.status(ERASE + line);
                    shown = now;
                }
            }
            case PIPE -> {
                if (!told && now - began >= PATIENCE.toMillis()) {
                    out.note("%s", text);
                    told = true;
                }
            }
            case NONE -> {}
        }
    }

    private void erase() {
        if (line != null) {
            out.status(ERASE);
            line = null;
        }
    }
}
