@NullMarked
package berth.osctld.server;

import org.jspecify.annotations.NullMarked;
