package berth.engine.image;

import java.util.List;

/**
 * What an import came to.
 *
 * @param image the image, which was there before if its content was
 * @param outcome whether it was
 * @param notes what was left out or changed, one line each
 */
public record Imported(Image image, Outcome outcome, List<String> notes) {
    /** Whether an import made something new. */
    public enum Outcome {
        ADDED,
        /** The pool had an image of this very content: only a name was set, if one was given. */
        KNOWN
    }

    public Imported {
        notes = List.copyOf(notes);
    }
}
