package berth.engine.network;

import berth.linux.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A route of the host that other routers may be told of.
 *
 * @param gateway the address of the container that takes the packets; empty if the destination is on the link itself
 * @param link the full name of the link, for instance {@code osctl.tank.web.eth0} or that of a network
 */
public record AnnouncedRoute(IpPrefix destination, Optional<InetAddress> gateway, String link) {}
