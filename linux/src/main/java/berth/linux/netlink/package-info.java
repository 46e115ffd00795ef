/**
 * Links, addresses, routes, neighbours, traffic shaping and the elements of nftables sets, by netlink: no program is
 * started.
 *
 * <p>{@link berth.linux.netlink.RouteSocket} and {@link berth.linux.netlink.NftSocket} carry requests; the requests come
 * from classes named by what they are about, for instance {@link berth.linux.netlink.Links}. Requests given together
 * travel in one system call.
 */
@NullMarked
package berth.linux.netlink;

import org.jspecify.annotations.NullMarked;
