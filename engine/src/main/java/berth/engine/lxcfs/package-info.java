/** The views of {@code /proc} and {@code /sys} that containers have instead of the host's. */
@NullMarked
package berth.engine.lxcfs;

import org.jspecify.annotations.NullMarked;
