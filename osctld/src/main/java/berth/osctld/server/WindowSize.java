package berth.osctld.server;

/** The size of a terminal in characters; 0 where it is not known. */
public record WindowSize(int rows, int columns) {}
