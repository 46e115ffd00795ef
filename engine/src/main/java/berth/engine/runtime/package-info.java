/**
 * LXC: its configuration, the start of its monitor, attaching, consoles and finding again what runs.
 *
 * <p>Knows a container only as a {@link berth.engine.runtime.RunPlan}; nothing here decides what a container is.
 */
@NullMarked
package berth.engine.runtime;

import org.jspecify.annotations.NullMarked;
