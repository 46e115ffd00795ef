/** What every part of the engine shares: its error type. */
@NullMarked
package berth.engine;

import org.jspecify.annotations.NullMarked;
