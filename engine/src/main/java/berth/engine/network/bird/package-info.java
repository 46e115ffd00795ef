/**
 * Routing beyond the host: what BIRD, a routing daemon, is to be told so that other routers learn of containers' addresses. It
 * finds the routes in the kernel by itself; see {@link berth.engine.network.Announced}.
 */
@NullMarked
package berth.engine.network.bird;

import org.jspecify.annotations.NullMarked;
