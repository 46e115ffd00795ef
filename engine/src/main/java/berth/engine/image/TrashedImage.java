package berth.engine.image;

import berth.engine.store.Change;

/**
 * An image in the trash: it stays where it is, with a note beside it, and can be used again once the note is gone.
 *
 * @param image what it is, with the names that it had
 * @param change who deleted it, and when
 */
public record TrashedImage(Image image, Change change) {
    /** What names it in the trash, for instance {@code image@1f3a6c029e0d}. */
    public String key() {
        return "image@" + image.shortId();
    }
}
