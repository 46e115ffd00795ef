/**
 * Managed networks: bridges of the host with addresses, NAT, name service and a filter of their own. {@link
 * berth.engine.network.managed.Networks} is the way in; of containers it knows only their {@link
 * berth.engine.network.managed.Port}s.
 */
@NullMarked
package berth.engine.network.managed;

import org.jspecify.annotations.NullMarked;
