package berth.linux.file;

/** What a path may pass through on its way. {@code /proc}-style magic links are never followed. Source: openat2(2). */
public enum Resolution {
    /** A path that leaves the directory by {@code ..}, by a link or by an absolute name fails with EXDEV. */
    BENEATH(FileCalls.RESOLVE_BENEATH),
    /** The directory is {@code /}, as a process chrooted there sees it: absolute links and {@code ..} stay inside. */
    IN_ROOT(FileCalls.RESOLVE_IN_ROOT),
    /** No link is followed at all, no mount is entered, and nothing leaves: ELOOP and EXDEV say which it was. */
    NO_LINKS(FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS | FileCalls.RESOLVE_NO_XDEV);

    private final long flags;

    Resolution(long flags) {
        this.flags = flags | FileCalls.RESOLVE_NO_MAGICLINKS;
    }

    long flags() {
        return flags;
    }
}
