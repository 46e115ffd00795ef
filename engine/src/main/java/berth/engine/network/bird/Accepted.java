package berth.engine.network.bird;

/** Which routes of other routers this host takes for its own packets. */
public enum Accepted {
    ALL,
    /** The default route only. */
    DEFAULT,
    NONE;

    /** The channel's import, without a semicolon. */
    String policy(Family family) {
        return switch (this) {
            case ALL -> "import all";
            case DEFAULT -> "import where net = " + family.everywhere();
            case NONE -> "import none";
        };
    }
}
