package berth.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A file whose content is at hand. */
record MemoryFile(InputStream content) implements ArchiveReader {
    MemoryFile(byte[] content) {
        this(new ByteArrayInputStream(content));
    }

    @Override
    public Optional<ArchiveEntry> next() {
        return Optional.empty();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return content.read(buffer, offset, length);
    }
}
