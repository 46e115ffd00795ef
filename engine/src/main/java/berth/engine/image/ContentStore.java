package berth.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keeps the content of files in chunks, each once. */
public interface ContentStore {
    /**
     * What the file {@code path} held when it was kept last, if it is the same file still and all of that is there. Asked in the order
     * in which a {@link berth.linux.file.TreeWalk} meets files.
     */
    Optional<ContentList> known(String path, long size, long inode, Instant changed) throws IOException;

    /** Keeps the next {@code length} bytes of {@code data}. */
    List<ContentList.Chunk> keep(InputStream data, long length) throws IOException;

    /** What {@code chunk} holds; empty if it is missing or damaged. */
    Optional<byte[]> read(ContentList.Chunk chunk) throws IOException;
}
