package berth.osctld.output;

import berth.engine.BerthException;
import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a command says to its caller. Results go to standard output; warnings and errors to standard error, also as JSON, so
 * that a script can read results without looking. Several threads may use it; a line is never torn.
 *
 * <p>Every method throws {@link UncheckedIOException} if the output cannot be written.
 */
public final class Out {
    private static final String PROGRAM = "osctl: ";

    private final OutputStream out;
    private final OutputStream err;
    private final Style style;
    private volatile Runnable makeWay = () -> {};

    /** Writes results to {@code out}, the rest to {@code err}; closes neither. */
    public Out(OutputStream out, OutputStream err, Style style) {
        this.out = out;
        this.err = err;
        this.style = style;
    }

    /** How this talks. */
    public Style style() {
        return style;
    }

    /** Says that something was done, in one line; as JSON {@code {"done":…}}. Silent if quiet. */
    @FormatMethod
    public void done(String format, Object... args) {
        if (style.volume() == Style.Volume.QUIET) {
            return;
        }
        String message = words(format, args);
        switch (style.format()) {
            case HUMAN, PARSABLE -> write(out, RawText.printable(message) + "\n");
            case JSON -> write(out, Json.of(Map.of("done", message)) + "\n");
        }
    }

    /** Says something that helps but is no result, on standard error. Silent if quiet. */
    @FormatMethod
    public void note(String format, Object... args) {
        if (style.volume() == Style.Volume.NORMAL) {
            write(err, RawText.printable(words(format, args)) + "\n");
        }
    }

    /** Says that something is not as it should be although the command goes on. */
    @FormatMethod
    public void warn(String format, Object... args) {
        String message = words(format, args);
        switch (style.format()) {
            case HUMAN, PARSABLE ->
                write(err, PROGRAM + style.err().paint(Colour.YELLOW, "warning: ") + RawText.printable(message) + "\n");
            case JSON -> write(err, Json.of(Map.of("warning", message)) + "\n");
        }
    }

    /** Writes {@code text} as it is to standard error, over what stands in the line now. */
    void status(String text) {
        send(err, RawText.encode(text));
    }

    /** Before anything else is said, {@code action} takes from the screen what {@link #status} wrote. */
    void makeWay(Runnable action) {
        makeWay = action;
    }

    /** Says why the command, or its part for one object, failed. */
    public void error(BerthException error) {
        switch (style.format()) {
            case HUMAN, PARSABLE -> {
                String hint = error.hint()
                        .map(h -> "  hint: " + RawText.printable(h) + "\n")
                        .orElse("");
                write(
                        err,
                        style.err().paint(Colour.RED, PROGRAM) + RawText.printable(error.getMessage()) + "\n" + hint);
            }
            case JSON -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("code", error.code());
                fields.put("type", error.code().type());
                fields.put("message", error.getMessage());
                fields.put("hint", error.hint());
                write(err, Json.of(Map.of("error", fields)) + "\n");
            }
        }
    }

    /** Writes {@code text} as it is to standard output. */
    public void text(String text) {
        write(out, text);
    }

    /** Writes {@code bytes} as they are to standard output. */
    public void bytes(byte[] bytes) {
        makeWay.run();
        send(out, bytes);
    }

    /** Writes objects as a table or a JSON array. @throws BerthException USAGE if {@code listing} names a missing field */
    public <T> void list(Columns<T> columns, List<T> objects, Listing listing) {
        List<Column<T>> chosen = columns.choose(listing.output(), style.format());
        List<T> rows = listing.sort()
                .map(s -> objects.stream().sorted(columns.order(s)).toList())
                .orElse(objects);
        write(
                out,
                switch (style.format()) {
                    case HUMAN -> Table.human(chosen, rows, listing.header(), style.out());
                    case PARSABLE -> Table.parsable(chosen, rows, listing.header());
                    case JSON ->
                        Json.of(rows.stream().map(r -> fields(chosen, r)).toList()) + "\n";
                });
    }

    /** Writes one object, a field in each line, or a JSON object. @throws BerthException USAGE as {@link #list} */
    public <T> void show(Columns<T> columns, T object, Listing listing) {
        Optional<String> choice = listing.output().or(() -> Optional.of("all"));
        List<Column<T>> chosen = columns.choose(choice, style.format());
        write(
                out,
                switch (style.format()) {
                    case HUMAN -> Table.details(chosen, object, listing.header(), style.out());
                    case PARSABLE -> Table.plainDetails(chosen, object, listing.header());
                    case JSON -> Json.of(fields(chosen, object)) + "\n";
                });
    }

    private static <T> Map<String, Object> fields(List<Column<T>> columns, T object) {
        Map<String, Object> fields = new LinkedHashMap<>();
        columns.forEach(c -> fields.put(c.name(), c.of(object)));
        return fields;
    }

    @FormatMethod
    private static String words(String format, Object... args) {
        return args.length == 0 ? format : String.format(Locale.ROOT, format, args);
    }

    private void write(OutputStream stream, String text) {
        if (!text.isEmpty()) {
            makeWay.run();
            send(stream, RawText.encode(text));
        }
    }

    private synchronized void send(OutputStream stream, byte[] bytes) {
        try {
            stream.write(bytes);
            stream.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
