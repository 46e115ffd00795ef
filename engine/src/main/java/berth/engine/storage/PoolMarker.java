package berth.engine.storage;

import java.util.Optional;

/**
 * What a pool says of itself, in {@code conf/pool/<name>.yml} inside of it.
 *
 * @param name its name
 * @param format the version of its layout
 * @param driver how it keeps root file systems; not known of one that an older version made
 */
record PoolMarker(String name, int format, Optional<String> driver) {
    static final int FORMAT = 1;
}
