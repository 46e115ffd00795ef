package berth.engine.image;

import java.io.IOException;

/** Writes a tree of files one by one as an archive. */
interface ArchiveWriter {
    /**
     * What a reader will find of {@code entry}: formats leave out what they have no room for.
     *
     * @throws berth.engine.BerthException UNSUPPORTED if there is no room for the file at all
     */
    ArchiveEntry carried(ArchiveEntry entry);

    /** Writes {@code entry} as {@link #carried} tells it, which {@code source} is at. */
    void add(ArchiveEntry entry, ArchiveReader source) throws IOException;

    /** Writes the end mark. */
    void finish() throws IOException;
}
