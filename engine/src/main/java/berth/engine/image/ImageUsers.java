package berth.engine.image;

import java.nio.file.Path;
import java.util.List;

/** Knows what stands on an image. */
@FunctionalInterface
public interface ImageUsers {
    /** The containers that need the tree of image {@code id}, for a message; empty if it may go. */
    List<String> usersOf(String id);

    /** Told when the image whose tree was {@code tree} is deleted. */
    default void gone(Path tree) {}
}
