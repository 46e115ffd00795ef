/** Mounts: what containers show of the host beside their root file systems, and where it comes from. */
@NullMarked
package berth.engine.mount;

import org.jspecify.annotations.NullMarked;
