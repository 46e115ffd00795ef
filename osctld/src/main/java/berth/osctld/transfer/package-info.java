/** Files from the network and from this host by their addresses: the only place where the daemon is a client of anybody. */
@NullMarked
package berth.osctld.transfer;

import org.jspecify.annotations.NullMarked;
