package berth.engine.guest;

import java.util.Optional;

/** A file in a guest that is Berth's as a whole: its first line says so. One without that line is never touched. */
final class MarkedFile {
    private static final String SIGN = "# Written by Berth";
    private static final String LINE = SIGN + " whenever this container starts. 'chmod u-w' keeps the file as it is.\n";

    private MarkedFile() {}

    /** Makes {@code path} a file with {@code text}, unless a user has one of that name. */
    static void write(GuestTree tree, String path, String text, int mode) {
        if (tree.has(path) && !isOurs(tree, path)) {
            tree.note("/%s is left alone: it was not written by Berth".formatted(path));
            return;
        }
        tree.write(path, LINE + text, mode);
    }

    /** Removes {@code path} if it is Berth's. */
    static void remove(GuestTree tree, String path) {
        if (isOurs(tree, path)) {
            tree.remove(path);
        }
    }

    private static boolean isOurs(GuestTree tree, String path) {
        // Of a link, the target would be read.
        return tree.linkTarget(path).isEmpty()
                && tree.read(path).flatMap(t -> Optional.of(t.startsWith(SIGN))).orElse(false);
    }
}
