/** Containers: their specification, their state and their life cycle. */
@NullMarked
package berth.engine.container;

import org.jspecify.annotations.NullMarked;
