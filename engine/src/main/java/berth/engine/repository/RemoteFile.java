package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.net.URI;
import java.util.Optional;

/**
 * A file of a repository.
 *
 * @param sha256 what its content must be, 64 hexadecimal digits; none where the repository does not say
 * @param size its bytes; -1 where the repository does not say
 */
record RemoteFile(URI address, Optional<String> sha256, long size) {
    RemoteFile {
        if (sha256.isPresent() && !sha256.get().matches("[0-9a-f]{64}")) {
            throw new BerthException(ErrorCode.UNTRUSTED, "the index names a hash that is none");
        }
    }
}
