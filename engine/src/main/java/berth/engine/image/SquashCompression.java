package berth.engine.image;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** How the blocks of a squashfs are compressed. Source: Documentation/filesystems/squashfs.rst of Linux. */
enum SquashCompression {
    GZIP(1),
    LZMA(2),
    LZO(3),
    XZ(4),
    LZ4(5),
    ZSTD(6);

    /** A block has at most 1 MiB; a dictionary need not be larger, whatever a hostile header asks for. In KiB. */
    private static final int XZ_MEMORY = 16 << 10;

    /** {@code mksquashfs -comp lzma} has a dictionary of 8 MiB whatever the block's size. In KiB. */
    private static final int LZMA_MEMORY = 16 << 10;

    private final int number;

    SquashCompression(int number) {
        this.number = number;
    }

    /** @throws CorruptArchiveException if there is none of this number */
    static SquashCompression of(int number) throws CorruptArchiveException {
        for (SquashCompression compression : values()) {
            if (compression.number == number) {
                return compression;
            }
        }
        throw new CorruptArchiveException("compression %d of a squashfs is unknown".formatted(number));
    }

    /**
     * What the block {@code data} holds.
     *
     * @param most how many bytes that may be
     * @throws IOException if it is corrupt or holds more
     */
    byte[] decompress(byte[] data, int most) throws IOException {
        try (InputStream in = open(new ByteArrayInputStream(data), most)) {
            byte[] block = in.readNBytes(most + 1);
            if (block.length > most) {
                throw new CorruptArchiveException("a block holds more than %d bytes".formatted(most));
            }
            return block;
        } catch (RuntimeException e) {
            throw new CorruptArchiveException("a block cannot be decompressed: " + e.getMessage());
        }
    }

    private InputStream open(InputStream data, int most) throws IOException {
        return switch (this) {
            case GZIP -> new InflaterInputStream(data);
            case XZ -> new XZInputStream(data, XZ_MEMORY);
            case ZSTD -> new ZstdInputStream(data);
            case LZMA -> new LZMAInputStream(data, LZMA_MEMORY);
            case LZ4 -> new BlockLZ4CompressorInputStream(data);
            case LZO -> new ByteArrayInputStream(LzoBlock.decompress(data.readAllBytes(), most));
        };
    }
}
