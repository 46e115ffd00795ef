package berth.osctld.output;

import berth.engine.operation.Progress;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far work is, on standard error. On a terminal one line is written over and over and is gone at the end; elsewhere
 * a step gets a line once it has taken a second. Work that is quick shows nothing. A thread of its own draws, from the first
 * step until {@link #close}. That nobody reads it is no reason for the work to fail: what cannot be written is dropped.
 */
public final class CallProgress implements Progress, AutoCloseable {
    /** What reads it. */
    public enum Screen {
        TERMINAL,
        PIPE,
        /** Nobody wants it. */
        NONE
    }

    private static final Duration FRAME = Duration.ofMillis(100);
    private static final long QUICK = 300;
    private static final long LONG = 1000;
    private static final long VERY_LONG = 3000;
    private static final String ERASE = "\r\033[K";

    private final Out out;
    private final Screen screen;
    private final InstantSource clock;
    private final int width;
    private final long start;
    private @Nullable Thread artist;
    private String step = "";
    private String percent = "";
    private long began;
    private boolean told;
    private String drawn = "";

    /** Nothing draws by itself. {@code width} is that of the terminal; 0 if it is not known. */
    CallProgress(Out out, Screen screen, InstantSource clock, int width) {
        this.out = out;
        this.screen = screen;
        this.clock = clock;
        this.width = width > 0 ? width : 80;
        this.start = clock.millis();
        if (screen == Screen.TERMINAL) {
            out.makeWay(this::erase);
        }
    }

    /** Shows it on {@code screen}, whose lines hold {@code width} characters; 0 if that is not known. */
    public static CallProgress on(Out out, Screen screen, int width) {
        CallProgress progress = new CallProgress(out, screen, InstantSource.system(), width);
        progress.artist = screen == Screen.NONE
                ? null
                : Thread.ofPlatform().daemon().name("progress").unstarted(progress::draw);
        return progress;
    }

    @Override
    public synchronized void step(String name) {
        step = name;
        percent = "";
        began = clock.millis();
        told = false;
        if (artist != null && artist.getState() == Thread.State.NEW) {
            artist.start();
        }
    }

    @Override
    public synchronized void percent(double value) {
        percent = String.format(Locale.ROOT, " %.0f%%", value);
    }

    @Override
    public synchronized void note(String text) {
        write(() -> {
            erase();
            if (screen != Screen.NONE) {
                out.note("%s", text);
            }
        });
    }

    @Override
    public synchronized void warn(String text) {
        write(() -> {
            erase();
            out.warn("%s", text);
        });
    }

    /** Takes the line away and draws no more. */
    @Override
    public synchronized void close() {
        step = "";
        write(this::erase);
        if (artist != null) {
            artist.interrupt();
        }
    }

    /** Brings the screen up to date. */
    synchronized void tick() {
        long now = clock.millis();
        if (step.isEmpty() || now - start < QUICK) {
            return;
        }
        switch (screen) {
            case TERMINAL -> {
                String time = now - began < VERY_LONG ? "" : " (%d s)".formatted((now - began) / 1000);
                String line = RawText.printable(step + "…" + percent + time);
                if (!line.equals(drawn)) {
                    out.status(ERASE + (line.length() < width ? line : line.substring(0, width - 1)));
                    drawn = line;
                }
            }
            case PIPE -> {
                if (!told && now - began >= LONG) {
                    out.note("%s…", step);
                    told = true;
                }
            }
            case NONE -> {}
        }
    }

    private void draw() {
        try {
            while (true) {
                Thread.sleep(FRAME);
                tick();
            }
        } catch (InterruptedException e) {
            // The work is over.
        } catch (UncheckedIOException e) {
            // Nobody reads; the work goes on.
        }
    }

    private static void write(Runnable line) {
        try {
            line.run();
        } catch (UncheckedIOException e) {
            // Nobody reads; the work goes on.
        }
    }

    private synchronized void erase() {
        if (!drawn.isEmpty()) {
            out.status(ERASE);
            drawn = "";
        }
    }
}
