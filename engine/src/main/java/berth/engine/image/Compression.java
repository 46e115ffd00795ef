package berth.engine.image;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** How a stream is compressed, seen from its first bytes. */
enum Compression {
    GZIP("1f8b"),
    XZ("fd377a585a00"),
    ZSTD("28b52ffd"),
    BZIP2("425a68"),
    NONE("");

    private static final int BUFFER = 1 << 16;
    /** Enough for {@code xz -9}, whose dictionary is 64 MiB; a hostile header may ask for 4 GiB. In KiB. */
    private static final int XZ_MEMORY = 96 << 10;

    /** The first bytes, in hexadecimal. */
    private final String magic;

    Compression(String magic) {
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
        String start = HexFormat.of().formatHex(in.readNBytes(8));
        in.reset();
        return Arrays.stream(values())
                .filter(compression -> start.startsWith(compression.magic))
                .findFirst()
                .orElse(NONE);
    }
}
