package berth.linux.mount;

import berth.linux.Fd;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A read-only layer of an overlay.
 *
 * @param tree the directory
 * @param userns the user namespace through whose id map its files are seen; null to see them as they are
 */
public record OverlayLayer(Path tree, @Nullable Fd userns) {}
