package berth.engine.image;

import java.util.List;

/** Knows what stands on an image. */
@FunctionalInterface
public interface ImageUsers {
    /** The containers that need the tree of image {@code id}, for a message; empty if it may go. */
    List<String> usersOf(String id);
}
