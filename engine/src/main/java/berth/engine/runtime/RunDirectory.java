package berth.engine.runtime;

import java.nio.file.Path;

/**
 * What a container has under {@code /run} while it runs: {@code <lxcPath>/<name>/}.
 *
 * @param lxcPath LXC's path: the directory that holds one directory per container of a pool
 * @param name the container's directory in it
 * @param gid the host gid of the container's root
 */
public record RunDirectory(Path lxcPath, String name, int gid) {
    /**
     * The container's directory: the host's root's, and searchable by {@link #gid} alone. Whatever the guest makes of its root file
     * system, programs with the setuid bit among it, no user of the host reaches.
     */
    public Path directory() {
        return lxcPath.resolve(name);
    }

    /** LXC's configuration of it. */
    public Path config() {
        return directory().resolve("config");
    }

    /** What LXC runs after each end of it. */
    public Path rebootHook() {
        return directory().resolve("after-stop");
    }

    /** The system call filter that is its alone, if it has one. */
    public Path seccomp() {
        return directory().resolve("seccomp");
    }

    /** Where its root file system is mounted on the host. */
    public Path rootfs() {
        return directory().resolve("rootfs");
    }

    /** LXC's own runtime directory (locks); belongs to the monitor's uid. */
    public Path lxcRuntime() {
        return directory().resolve("lxc");
    }
}
