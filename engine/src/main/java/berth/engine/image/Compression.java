package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/** How a stream is compressed; of one that is read, seen from its first bytes. */
public enum Compression {
    GZIP("1f8b"),
    XZ("fd377a585a00"),
    ZSTD("28b52ffd"),
    BZIP2("425a68"),
    NONE("");

    private static final int BUFFER = 1 << 16;
    /** Enough for {@code xz -9}, whose dictionary is 64 MiB; a hostile header may ask for 4 GiB. In KiB. */
    private static final int XZ_MEMORY = 96 << 10;

    /** Takes 32 MiB of memory. */
    private static final int XZ_PRESET = 3;

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

    /**
     * Compresses so what is written to the result, whose end is when it is closed, which closes {@code out}.
     *
     * @throws BerthException UNSUPPORTED for BZIP2, which is only read
     */
    public OutputStream compress(OutputStream out) throws IOException {
        return switch (this) {
            case GZIP -> new GZIPOutputStream(out, BUFFER);
            case XZ -> new XZOutputStream(out, new LZMA2Options(XZ_PRESET));
            case ZSTD -> new ZstdOutputStream(out);
            case NONE -> out;
            case BZIP2 -> throw new BerthException(ErrorCode.UNSUPPORTED, "nothing is compressed by bzip2", "use xz");
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
