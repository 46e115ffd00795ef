package berth.linux.file;

import java.time.Instant;

/**
 * What the kernel knows of a file. Source: statx(2).
 *
 * @param type what it is
 * @param mode permission, setuid, setgid and sticky bits: {@code 0..07777}
 * @param uid owner, as seen through the mount the file was reached by; ids from 2^31 on are negative
 * @param gid group, likewise
 * @param size bytes of content; for a link the length of its target
 * @param blocks bytes that it takes on disk
 * @param links names that it has
 * @param device the file system's device, {@code major << 32 | minor}
 * @param inode number of the file in its file system
 * @param rdev the device that a device file stands for, {@code major << 32 | minor}; 0:0 is an overlay whiteout
 * @param mtime when its content last changed
 * @param ctime when anything of it last changed; nobody can set it
 */
public record FileStat(
        FileType type,
        int mode,
        int uid,
        int gid,
        long size,
        long blocks,
        int links,
        long device,
        long inode,
        long rdev,
        Instant mtime,
        Instant ctime) {

    /** Whether it is a regular file. */
    public boolean isRegular() {
        return type == FileType.REGULAR;
    }

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    /** Whether both describe one inode. */
    public boolean isSameFile(FileStat other) {
        return device == other.device && inode == other.inode;
    }
}
