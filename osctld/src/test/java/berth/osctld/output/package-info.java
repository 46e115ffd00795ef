@NullMarked
package berth.osctld.output;

import org.jspecify.annotations.NullMarked;
