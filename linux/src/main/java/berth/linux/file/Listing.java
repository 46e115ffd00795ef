package berth.linux.file;

import berth.linux.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The names in a directory, read in batches, so that a directory of millions of files costs no memory. Entries may be removed
 * while it is read. Belongs to the thread that made it.
 */
final class Listing implements AutoCloseable {
    private static final int BATCH = 32 * 1024;
    private static final int NAME = 19;

    private final Fd directory;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment batch = arena.allocate(BATCH, 8);
    private int position;
    private int end;

    /** @param directory any descriptor of the directory; it is opened a second time */
    Listing(Fd directory) {
        this.directory = FileCalls.openat2(
                directory.number(), ".", FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0, FileCalls.RESOLVE_BENEATH);
    }

    /** The directory, open for reading, as long as the listing. */
    Fd fd() {
        return directory;
    }

    /** The next entry, without {@code .} and {@code ..}; null at the end. */
    @Nullable
    DirectoryEntry next() {
        while (true) {
            if (position == end) {
                end = FileCalls.getdents64(directory.number(), batch);
                position = 0;
                if (end == 0) {
                    return null;
                }
            }
            int start = position;
            position += Short.toUnsignedInt(batch.get(ValueLayout.JAVA_SHORT_UNALIGNED, start + 16));
            String name = name(start + NAME);
            if (!name.equals(".") && !name.equals("..")) {
                return new DirectoryEntry(name, FileType.ofDirent(batch.get(ValueLayout.JAVA_BYTE, start + 18)));
            }
        }
    }

    private String name(int start) {
        int length = 0;
        while (batch.get(ValueLayout.JAVA_BYTE, start + length) != 0) {
            length++;
        }
        return FileName.decode(batch.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void close() {
        directory.close();
        arena.close();
    }
}
