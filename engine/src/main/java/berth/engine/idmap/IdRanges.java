package berth.engine.idmap;

import java.nio.file.Path;

/** Ranges. */
public final class IdRanges {
    public void open(String pool, Path directory) {}

    public void close(String pool) {}
}
