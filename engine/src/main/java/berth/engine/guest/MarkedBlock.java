package berth.engine.guest;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The lines between two marks that are Berth's in a file of the guest's. */
final class MarkedBlock {
    /** Where a block goes in a file that has none. */
    enum Place {
        TOP,
        BOTTOM
    }

    private static final String BEGIN_SIGN = "# BEGIN berth";
    private static final String BEGIN =
            BEGIN_SIGN + ": written whenever this container starts; 'chmod u-w' keeps the file as it is\n";
    private static final String END = "# END berth\n";
    private static final int MODE = 0644;

    private final GuestTree tree;
    private final String path;
    private final Place place;

    MarkedBlock(GuestTree tree, String path, Place place) {
        this.tree = tree;
        this.path = path;
        this.place = place;
    }

    /**
     * A file with a block.
     *
     * @param block the lines between the marks; empty if there are no marks
     */
    private record Parts(String before, Optional<String> block, String after) {}

    /** The lines of the block as it is now. */
    Optional<List<String>> lines() {
        return tree.read(path)
                .flatMap(MarkedBlock::parts)
                .flatMap(Parts::block)
                .map(b -> b.lines().toList());
    }

    /** The file without the block; empty if it does not exist. */
    String rest() {
        return tree.read(path)
                .flatMap(MarkedBlock::parts)
                .map(p -> p.before() + p.after())
                .orElse("");
    }

    /** Makes {@code lines} the block; no lines take it away, and make no file. */
    void write(String lines) {
        write(lines, UnaryOperator.identity());
    }

    /** As {@link #write(String)}, and changes what is before and after the block. */
    void write(String lines, UnaryOperator<String> others) {
        Optional<String> old = tree.read(path);
        if (old.isEmpty() && tree.has(path)) {
            if (!lines.isEmpty()) {
                tree.note("/%s is left alone: it cannot be read".formatted(path));
            }
            return;
        }
        Optional<Parts> parts = parts(old.orElse(""));
        if (parts.isEmpty()) {
            tree.note("/%s is left alone: its block has no end".formatted(path));
            return;
        }
        String text = joined(parts.get(), lines, others);
        if (!text.equals(old.orElse(""))) {
            tree.rewrite(path, text, MODE);
        }
    }

    private String joined(Parts parts, String lines, UnaryOperator<String> others) {
        String before = others.apply(parts.before());
        String after = others.apply(parts.after());
        String block = lines.isEmpty() ? "" : BEGIN + lines + END;
        if (parts.block().isEmpty() && place == Place.TOP) {
            after = before;
            before = "";
        }
        return (block.isEmpty() ? before : closed(before)) + block + after;
    }

    /** A last line may have no end. */
    private static String closed(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    private static Optional<Parts> parts(String text) {
        int begin = text.startsWith(BEGIN_SIGN) ? 0 : text.indexOf("\n" + BEGIN_SIGN) + 1;
        if (!text.startsWith(BEGIN_SIGN, begin)) {
            return Optional.of(new Parts(text, Optional.empty(), ""));
        }
        int lineEnd = text.indexOf('\n', begin);
        int end = lineEnd < 0 ? 0 : text.indexOf("\n" + END, lineEnd) + 1;
        if (end == 0) {
            return Optional.empty();
        }
        return Optional.of(new Parts(
                text.substring(0, begin),
                Optional.of(text.substring(lineEnd + 1, end)),
                text.substring(end + END.length())));
    }
}
