package berth.linux.socket;

/**
 * Who was at the other end when it connected; the kernel's word, not the peer's. Source: unix(7), SO_PEERCRED.
 *
 * @param pid 0 if it is outside the reader's pid namespace
 */
public record PeerCredentials(int pid, int uid, int gid) {}
