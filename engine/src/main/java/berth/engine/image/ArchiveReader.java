package berth.engine.image;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Reads a tree of files one by one from wherever it comes. Trusts nothing and judges nothing but the format. */
interface ArchiveReader extends Closeable {
    /**
     * The next file; what is left of the previous one's data is skipped. Empty at the end.
     *
     * @throws CorruptArchiveException if the source breaks the rules of its format
     * @throws IOException if it cannot be read
     */
    Optional<ArchiveEntry> next() throws IOException;

    /**
     * Reads stored data of the entry that {@link #next} returned last, the holes left out.
     *
     * @return the number of bytes, -1 if all were read
     * @throws CorruptArchiveException if the source ends before the data does
     */
    int read(byte[] buffer, int offset, int length) throws IOException;

    /** Lets go of what it reads from, where it owns that. */
    @Override
    default void close() throws IOException {}
}
