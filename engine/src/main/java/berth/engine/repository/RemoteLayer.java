package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Optional;

/**
 * A part of an image that a repository offers.
 *
 * @param file an archive: of the lowest part a root file system, of others what they change
 * @param image the id of the image that it makes with those below it, where the repository says that
 */
record RemoteLayer(RemoteFile file, Optional<String> image) {
    RemoteLayer {
        if (image.isPresent() && !image.get().matches("[0-9a-f]{64}")) {
            throw new BerthException(ErrorCode.UNTRUSTED, "the index names an image's id that is none");
        }
    }

    /** A root file system of which nothing more is known. */
    static RemoteLayer of(RemoteFile file) {
        return new RemoteLayer(file, Optional.empty());
    }
}
