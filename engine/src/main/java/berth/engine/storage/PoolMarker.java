package berth.engine.storage;

/**
 * What a pool says of itself, in {@code conf/pool/<name>.yml} inside of it.
 *
 * @param name its name
 * @param format the version of its layout
 */
record PoolMarker(String name, int format) {
    static final int FORMAT = 1;
}
