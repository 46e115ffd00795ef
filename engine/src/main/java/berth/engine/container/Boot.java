package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.file.Path;

/**
 * What a container runs from, until it ends, instead of its own root file system.
 *
 * @param image the image that it sees, 64 hex digits
 * @param place where its own root file system is mounted then, an absolute path inside
 */
public record Boot(String image, String place) {
    /** Where its own root file system is unless told otherwise. */
    public static final String USUAL_PLACE = "/mnt/root";

    public Boot {
        Path path = Path.of(place);
        if (!path.isAbsolute() || path.getNameCount() == 0 || !path.normalize().equals(path)) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a place in a container".formatted(place),
                    "name an absolute path without '..', for instance " + USUAL_PLACE);
        }
    }
}
