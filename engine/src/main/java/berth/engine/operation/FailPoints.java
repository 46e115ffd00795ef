package berth.engine.operation;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Places where an operation dies, so that tests can see it mended.
 *
 * <p>Written as {@code [operation/]moment:step}, several separated by {@code ;}. The moment is {@code before}, {@code after} or
 * {@code undo}, the operation's name has dashes for spaces: {@code ct-new/after:create dataset}. Besides its steps every
 * operation has {@code begin}, when its plan is in the journal, and {@code end}, when all is done but the journal's last word.
 * Work without a journal has fail points too ({@link #before}); with the moment {@code fail} it fails instead of dying.
 */
public final class FailPoints {
    private static final FailPoints NONE = new FailPoints(List::of, () -> {});

    private final Supplier<List<Point>> points;
    private final Runnable crash;

    private FailPoints(Supplier<List<Point>> points, Runnable crash) {
        this.points = points;
        this.crash = crash;
    }

    /** Nothing ever dies on purpose. */
    public static FailPoints none() {
        return NONE;
    }

    /** @param crash what happens at each of the points */
    public static FailPoints parse(String text, Runnable crash) {
        List<Point> points = points(text);
        return new FailPoints(() -> points, crash);
    }

    /**
     * Those that {@code file} has whenever work comes to a place; none while it is missing.
     *
     * @param crash what happens at each of the points
     */
    public static FailPoints in(Path file, Runnable crash) {
        return new FailPoints(() -> points(read(file)), crash);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException _) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Point> points(String text) {
        return Arrays.stream(text.split(";"))
                .filter(word -> !word.isBlank())
                .map(word -> Point.parse(word.strip()))
                .toList();
    }

    /** Dies, or fails, here if a test wants it to. */
    public void before(String work, String step) {
        reach(work, Moment.BEFORE, step);
        if (points.get().stream().anyMatch(p -> p.matches(work, Moment.FAIL, step))) {
            throw new BerthException(ErrorCode.FAILED, "'%s' fails at a fail point".formatted(step));
        }
    }

    void reach(String operation, Moment moment, String step) {
        for (Point point : points.get()) {
            if (point.matches(operation, moment, step)) {
                crash.run();
            }
        }
    }

    enum Moment {
        BEFORE,
        AFTER,
        UNDO,
        FAIL
    }

    private record Point(String operation, Moment moment, String step) {
        static Point parse(String word) {
            int slash = word.indexOf('/');
            int colon = word.indexOf(':', slash + 1);
            String name = colon < 0 ? "" : word.substring(slash + 1, colon).toUpperCase(Locale.ROOT);
            Moment moment = Arrays.stream(Moment.values())
                    .filter(m -> m.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () -> new BerthException(
                                    ErrorCode.INVALID,
                                    "'%s' is not a fail point".formatted(word),
                                    "write it as operation/before:step, operation/after:step, operation/undo:step or operation/fail:step"));
            return new Point(slash < 0 ? "" : word.substring(0, slash), moment, word.substring(colon + 1));
        }

        boolean matches(String operationName, Moment reached, String stepName) {
            return (operation.isEmpty() || operation.equals(operationName.replace(' ', '-')))
                    && moment == reached
                    && step.equals(stepName);
        }
    }
}
