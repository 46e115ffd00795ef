package berth.linux.mount;

import berth.linux.Fd;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an overlay is made of. Every part is a descriptor, so that no character in a path and no length of a list is too
 * much for the kernel's option string.
 *
 * @param lower the read-only layers, topmost first: directories ({@link Fd#openDirectory}) or detached trees
 * @param upper the directory that takes the changes; null for an overlay that takes none
 * @param work an empty directory on the same mount as {@code upper}, null without one
 */
public record OverlaySpec(
        List<Fd> lower, @Nullable Fd upper, @Nullable Fd work) {
    public OverlaySpec {
        lower = List.copyOf(lower);
        if (lower.isEmpty()) {
            throw new IllegalArgumentException("an overlay needs a lower layer");
        }
    }
}
