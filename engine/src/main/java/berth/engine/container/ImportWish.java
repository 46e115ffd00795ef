package berth.engine.container;

import java.util.Optional;

/**
 * How an exported container is taken in.
 *
 * @param pool the pool to hold it
 * @param id its id; the one that it had if empty
 * @param user an existing user; one of its own is made if empty
 * @param group an existing group; the one that it had if there is such a one, or the default one, if empty
 * @param host whether it may have devices, directories and interfaces of the host
 * @param maxSize the most bytes of content that it may unpack to
 */
public record ImportWish(
        String pool, Optional<String> id, Optional<String> user, Optional<String> group, HostParts host, long maxSize) {
    /** What becomes of the devices, mounts and interfaces of the host that the archive says it had. */
    public enum HostParts {
        /** They are left out, with a warning: whoever made the archive does not decide what of the host a container has. */
        LEFT_OUT,
        /** It has them again. */
        GIVEN
    }
}
