package berth.linux.mount;

/** What a mount forbids or leaves out, whatever its file system would allow. Source: mount_setattr(2). */
public enum MountAttribute {
    READ_ONLY(0x1),
    NO_SUID(0x2),
    NO_DEVICES(0x4),
    NO_EXEC(0x8),
    NO_SYMLINK_FOLLOW(0x200000);

    private final long bit;

    MountAttribute(long bit) {
        this.bit = bit;
    }

    long bit() {
        return bit;
    }
}
