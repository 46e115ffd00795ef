package berth.engine.isolation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of a container's isolation its administrator has chosen.
 *
 * @param nesting whether containers can run in it
 * @param readOnlyRoot whether its root file system is mounted for reading only
 * @param seccomp its own system call filter; the usual one if null
 */
public record Isolation(
        boolean nesting, boolean readOnlyRoot, @Nullable SeccompProfile seccomp) {
    /** No nesting, a root file system that can be written to, the usual filter. */
    public static final Isolation USUAL = new Isolation(false, false, null);

    /** Its own system call filter, or empty for the usual one. */
    public Optional<SeccompProfile> ownSeccomp() {
        return Optional.ofNullable(seccomp);
    }

    public Isolation withNesting(boolean value) {
        return new Isolation(value, readOnlyRoot, seccomp);
    }

    public Isolation withReadOnlyRoot(boolean value) {
        return new Isolation(nesting, value, seccomp);
    }

    public Isolation withSeccomp(@Nullable SeccompProfile value) {
        return new Isolation(nesting, readOnlyRoot, value);
    }
}
