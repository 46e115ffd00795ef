package berth.engine.container;

/** What becomes of a container's datasets when it is copied or packed. */
public enum WithDatasets {
    ALL,
    NONE
}
