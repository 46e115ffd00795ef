/** Unix sockets that carry descriptors and credentials, streams over descriptors, terminals. */
@NullMarked
package berth.linux.socket;

import org.jspecify.annotations.NullMarked;
