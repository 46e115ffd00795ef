package berth.engine.image;

/** What an image leaves out of its source on purpose. */
enum Omission {
    DEVICE("device node", "devices come from the host"),
    SOCKET("socket", "a socket lives as long as its server"),
    MOUNT("mount point's content", "other file systems are not entered"),
    ATTRIBUTE("extended attribute", "only capabilities, access control lists and user.* are kept"),
    CPIO_ATTRIBUTE("extended attribute", "a cpio archive has no room for them"),
    UNSTORED_ATTRIBUTE("extended attribute", "this file system cannot store them");

    private final String noun;
    private final String reason;

    Omission(String noun, String reason) {
        this.noun = noun;
        this.reason = reason;
    }

    /** A note that {@code count} of them were left out, {@code example} among them. */
    String note(int count, String example) {
        return "%d %s%s left out: %s (%s)"
                .formatted(count, noun, count == 1 ? "" : "s", reason, count == 1 ? example : "first: " + example);
    }
}
