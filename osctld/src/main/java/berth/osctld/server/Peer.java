package berth.osctld.server;

/**
 * Who is at the other end of a connection, as the kernel says. Source: unix(7), SO_PEERCRED.
 *
 * @param pid process of the relay
 * @param uid its user
 * @param gid its group
 */
public record Peer(int pid, int uid, int gid) {}
