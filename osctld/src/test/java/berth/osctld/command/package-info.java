@NullMarked
package berth.osctld.command;

import org.jspecify.annotations.NullMarked;
