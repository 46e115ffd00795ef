/** The daemon's wiring. */
@NullMarked
package berth.osctld;

import org.jspecify.annotations.NullMarked;
