package berth.engine.image;

import java.io.IOException;

/** A part of what a package holds: the lowest is a tree, each other what is different in it from those below. */
@FunctionalInterface
interface Stratum {
    /** A reader of it, from its beginning. */
    ArchiveReader open() throws IOException;
}
