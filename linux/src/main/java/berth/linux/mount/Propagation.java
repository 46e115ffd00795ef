package berth.linux.mount;

/** Whether mounts made beneath a mount appear beneath its copies. Source: mount_namespaces(7). */
public enum Propagation {
    /** Neither sends nor receives. */
    PRIVATE(1L << 18),
    /** Receives from the mounts it was copied from, sends nothing. */
    SLAVE(1L << 19),
    /** Sends and receives. */
    SHARED(1L << 20);

    private final long flag;

    Propagation(long flag) {
        this.flag = flag;
    }

    long flag() {
        return flag;
    }
}
