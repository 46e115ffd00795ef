package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A tree of files that Berth writes itself, all owned by root, read in the order in which they were added. */
final class MemoryArchive implements ArchiveReader {
    private final Deque<Item> items = new ArrayDeque<>();
    private ByteArrayInputStream data = nothing();

    private record Item(ArchiveEntry entry, ByteArrayInputStream content) {}

    MemoryArchive directory(String path, int mode) {
        items.add(new Item(ArchiveEntry.made(path, Kind.DIRECTORY, mode, ""), nothing()));
        return this;
    }

    MemoryArchive file(String path, int mode, byte[] content) {
        items.add(new Item(ArchiveEntry.madeFile(path, mode, content.length), new ByteArrayInputStream(content)));
        return this;
    }

    MemoryArchive file(String path, int mode, String content) {
        return file(path, mode, content.getBytes(StandardCharsets.UTF_8));
    }

    MemoryArchive symlink(String path, String target) {
        items.add(new Item(ArchiveEntry.made(path, Kind.SYMLINK, 0777, target), nothing()));
        return this;
    }

    @Override
    public Optional<ArchiveEntry> next() {
        if (items.isEmpty()) {
            return Optional.empty();
        }
        Item item = items.remove();
        data = item.content();
        return Optional.of(item.entry());
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        return data.read(buffer, offset, length);
    }

    private static ByteArrayInputStream nothing() {
        return new ByteArrayInputStream(new byte[0]);
    }
}
