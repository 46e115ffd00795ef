/** What a container's processes are confined to beside its limits: resource limits, kernel settings, capabilities, LXC's own lines. */
@NullMarked
package berth.engine.confinement;

import org.jspecify.annotations.NullMarked;
