package berth.engine.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Reads numbers and strings from a table of a squashfs, from one block of metadata into the next. */
final class SquashCursor {
    private final SquashFile file;
    private SquashFile.Metadata block;
    private int position;
    private long read;

    /**
     * @param offset where the block begins in the file
     * @param position where in the block, decompressed, to begin
     */
    SquashCursor(SquashFile file, long offset, int position) throws IOException {
        this.file = file;
        this.block = file.metadata(offset);
        this.position = position;
        if (position > block.length()) {
            throw new CorruptArchiveException("a place in a block of metadata is outside of it");
        }
    }

    private SquashCursor(SquashFile file, SquashFile.Metadata block, int position) {
        this.file = file;
        this.block = block;
        this.position = position;
    }

    /** At {@code reference}, a block's distance from {@code table} and 16 bits of position in it. */
    static SquashCursor at(SquashFile file, long table, long reference) throws IOException {
        return new SquashCursor(file, table + (reference >>> 16), (int) (reference & 0xffff));
    }

    /** At entry {@code index} of a table of entries of {@code size} bytes whose blocks' places stand at {@code places}. */
    static SquashCursor entry(SquashFile file, long places, long index, int size) throws IOException {
        long perBlock = SquashFile.METADATA / size;
        long block = file.plain(places + 8 * (index / perBlock), 8).getLong(0);
        return new SquashCursor(file, block, (int) (index % perBlock) * size);
    }

    /** Bytes read so far. */
    long bytesRead() {
        return read;
    }

    int u8() throws IOException {
        if (position == block.length()) {
            block = file.metadata(block.next());
            position = 0;
        }
        read++;
        return block.at(position++);
    }

    int u16() throws IOException {
        return u8() | u8() << 8;
    }

    long u32() throws IOException {
        return u16() | (long) u16() << 16;
    }

    long u64() throws IOException {
        return u32() | u32() << 32;
    }

    byte[] bytes(int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.min(length, SquashFile.METADATA));
        while (bytes.size() < length) {
            bytes.write(u8());
        }
        return bytes.toByteArray();
    }

    void skip(long count) throws IOException {
        for (long i = 0; i < count; i++) {
            u8();
        }
    }

    /** Another at the same place. */
    SquashCursor copy() {
        return new SquashCursor(file, block, position);
    }
}
