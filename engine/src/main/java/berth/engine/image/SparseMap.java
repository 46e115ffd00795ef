package berth.engine.image;

import berth.engine.image.ArchiveEntry.Extent;
import java.util.ArrayList;
import java.util.List;

/** Builds the list of data extents of a sparse file, refusing one that does not fit the file or the data stored. */
final class SparseMap {
    private static final int MAX = 1 << 18;

    private final List<Extent> extents = new ArrayList<>();
    private final long size;
    private long end;
    private long stored;

    /** @param size of the whole file */
    SparseMap(long size) {
        this.size = size;
    }

    void add(long offset, long length) throws CorruptArchiveException {
        if (offset < end || length < 0 || offset > size || length > size - offset || extents.size() == MAX) {
            throw new CorruptArchiveException("a sparse file's map is malformed");
        }
        if (length > 0) {
            extents.add(new Extent(offset, length));
        }
        end = offset + length;
        stored += length;
    }

    /** The extents. @throws CorruptArchiveException if they do not hold {@code available} bytes */
    List<Extent> extents(long available) throws CorruptArchiveException {
        if (stored != available) {
            throw new CorruptArchiveException("a sparse file's map does not fit its data");
        }
        return extents;
    }

    /** @param numbers offset and length by turns */
    void addAll(List<Long> numbers) throws CorruptArchiveException {
        if (numbers.size() % 2 != 0) {
            throw new CorruptArchiveException("a sparse file's map is malformed");
        }
        for (int i = 0; i < numbers.size(); i += 2) {
            add(numbers.get(i), numbers.get(i + 1));
        }
    }
}
