package berth.engine.storage;

/** Whether a ZFS pool of some name exists on the host. */
@FunctionalInterface
public interface ZpoolProbe {
    boolean exists(String name);
}
