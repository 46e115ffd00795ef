/** When something is done by itself, and how much of what that makes is kept. Knows only times. */
@NullMarked
package berth.engine.schedule;

import org.jspecify.annotations.NullMarked;
