/** Devices: what groups and containers may use, how that is inherited, and the nodes in containers that stand for them. */
@NullMarked
package berth.engine.device;

import org.jspecify.annotations.NullMarked;
