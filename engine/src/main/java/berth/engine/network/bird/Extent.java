package berth.engine.network.bird;

/** How much of BIRD's configuration is Berth's. */
public enum Extent {
    /** A part that an administrator's own file includes. */
    INCLUDE,
    /** All of it. */
    WHOLE
}
