package berth.engine.image;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** How a stream is compressed, seen from its first bytes. */
enum Compression {
    GZIP(0x1f, 0x8b),
    XZ(0xfd, '7', 'z', 'X', 'Z', 0),
    ZSTD(0x28, 0xb5, 0x2f, 0xfd),
    BZIP2('B', 'Z', 'h'),
    NONE;

    private static final int BUFFER = 1 << 16;
    /** Enough for {@code xz -9}, whose dictionary is 64 MiB; a hostile header may ask for 4 GiB. In KiB. */
    private static final int XZ_MEMORY = 96 << 10;

    private final int[] magic;

    Compression(int... magic) {
        this.magic = magic;
    }

    /** What {@code in}, compressed in any of these ways, holds. @throws IOException now or while reading, if it is corrupt */
    static InputStream decompress(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER);
        return switch (detect(buffered)) {
            case GZIP ->
                GzipCompressorInputStream.builder()
                        .setInputStream(buffered)
                        .setBufferSize(BUFFER)
                        .setDecompressConcatenated(true)
                        .get();
            case XZ -> new XZInputStream(buffered, XZ_MEMORY);
            case ZSTD -> new ZstdInputStream(buffered);
            case BZIP2 -> new BZip2CompressorInputStream(buffered, true);
            case NONE -> buffered;
        };
    }

    static Compression detect(BufferedInputStream in) throws IOException {
        in.mark(8);
        byte[] start = in.readNBytes(8);
        in.reset();
        for (Compression compression : values()) {
            if (compression.matches(start)) {
                return compression;
            }
        }
        return NONE;
    }

    private boolean matches(byte[] start) {
        if (start.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((start[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
