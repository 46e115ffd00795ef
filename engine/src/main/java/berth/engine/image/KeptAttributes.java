package berth.engine.image;

/** Which extended attributes an image keeps. */
final class KeptAttributes {
    private KeptAttributes() {}

    /**
     * File capabilities, access control lists and users' own. Not those by which overlayfs and security modules steer the host, of which
     * {@code user.overlay.*} is one for overlays mounted with {@code userxattr}.
     */
    static boolean keeps(String name) {
        return name.equals("security.capability")
                || name.equals("system.posix_acl_access")
                || name.equals("system.posix_acl_default")
                || (name.startsWith("user.") && !name.startsWith("user.overlay."));
    }
}
