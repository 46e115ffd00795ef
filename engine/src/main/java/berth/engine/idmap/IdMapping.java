package berth.engine.idmap;

/** A contiguous block of host ids. */
public record IdMapping(int inside, int outside, int count) {}
