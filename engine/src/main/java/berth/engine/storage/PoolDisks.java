package berth.engine.storage;

import java.nio.file.Path;

/** File systems of pools that are files on another one. */
public interface PoolDisks {
    /**
     * Makes {@code file} hold an empty file system of {@code bytes} bytes, which take space only as they are used. Nothing is left
     * on failure.
     */
    void make(Path file, long bytes);

    /** Mounts the file system in {@code file} at {@code target}, which is made; where it is mounted already it stays. */
    void mount(Path file, Path target);

    /** Unmounts what is mounted at {@code target}, if anything is. */
    void unmount(Path target);

    /** Makes the file system in {@code file}, mounted at {@code target}, {@code bytes} bytes large, more than it is. */
    void grow(Path file, Path target, long bytes);
}
