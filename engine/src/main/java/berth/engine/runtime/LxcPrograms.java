package berth.engine.runtime;

import java.nio.file.Path;

/**
 * LXC's own programs on this host.
 *
 * @param start {@code lxc-start}
 * @param attach {@code lxc-attach}
 */
public record LxcPrograms(Path start, Path attach) {}
