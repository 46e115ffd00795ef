package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.store.FileFailure;
import berth.linux.file.Directory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Opens a stream as the archive that its first bytes show, whatever it is called. */
final class Archives {
    private static final int BUFFER = 1 << 16;
    private static final String SPOOLED = "archive";
    private static final String LAYER = "layer";

    private final Path scratch;
    private final long maxSize;

    /**
     * @param scratch a directory for what cannot be read from front to end, emptied by the caller
     * @param maxSize the most bytes of content that are wanted
     */
    Archives(Path scratch, long maxSize) {
        this.scratch = scratch;
        this.maxSize = maxSize;
    }

    /**
     * A reader of what {@code stream} holds, compressed or not; closing it closes the stream.
     *
     * @throws CorruptArchiveException if it is of no known format
     * @throws BerthException UNTRUSTED if it is broken while it is copied; EXHAUSTED if the disk is full
     */
    ArchiveReader open(InputStream stream) throws IOException {
        BufferedInputStream in =
                new BufferedInputStream(new Bounded(ReadAhead.of(Compression.decompress(stream)), maxSize), BUFFER);
        try {
            return open(in);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /** A reader of the tar archive that {@code stream} holds, compressed or not, of at most {@code maxSize} bytes. */
    static ArchiveReader tar(InputStream stream, long maxSize) throws IOException {
        BufferedInputStream in =
                new BufferedInputStream(new Bounded(ReadAhead.of(Compression.decompress(stream)), maxSize), BUFFER);
        return new Streamed(new TarReader(in), in);
    }

    private ArchiveReader open(BufferedInputStream in) throws IOException {
        in.mark(TarHeader.BLOCK);
        byte[] start = in.readNBytes(TarHeader.BLOCK);
        in.reset();
        Optional<CpioHeader.Format> cpio = CpioHeader.Format.of(start);
        if (cpio.isPresent()) {
            return new Streamed(new CpioReader(in, cpio.get()), in);
        }
        if (HexFormat.of().formatHex(start).startsWith(SquashFile.MAGIC)) {
            return new SquashReader(spool(in, scratch.resolve(SPOOLED)), maxSize);
        }
        if (start.length < TarHeader.BLOCK || isTar(start)) {
            return new Streamed(new TarReader(in), in);
        }
        throw new CorruptArchiveException("it is neither a tar nor a cpio archive nor a squashfs");
    }

    /** Old tar archives have no mark: only the sum of their first header shows them. */
    private static boolean isTar(byte[] start) {
        try {
            TarHeader.of(start);
            return true;
        } catch (CorruptArchiveException e) {
            byte[] magic = Arrays.copyOfRange(start, TarHeader.MAGIC, TarHeader.MAGIC + 5);
            return Arrays.equals(magic, "ustar".getBytes(StandardCharsets.US_ASCII))
                    || Arrays.equals(start, new byte[TarHeader.BLOCK]);
        }
    }

    /** A reader of the layer in {@code archive} of a tree that has others already: it is read twice, and so copied. */
    ArchiveReader openLayer(InputStream archive, Directory directory) {
        Path file = spool(new Bounded(archive, maxSize), scratch.resolve(LAYER));
        return LayersReader.onTree(directory, String.valueOf(file.getFileName()), this);
    }

    private static Path spool(InputStream in, Path file) {
        try (in;
                OutputStream out =
                        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = fill(in, buffer); count > 0; count = fill(in, buffer)) {
                FileSink.checkInterrupt();
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
        return file;
    }

    private static int fill(InputStream in, byte[] buffer) {
        try {
            return in.readNBytes(buffer, 0, buffer.length);
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
    }

    /** A reader and the stream that it reads, which it does not close. */
    private record Streamed(ArchiveReader reader, InputStream stream) implements ArchiveReader {
        @Override
        public Optional<ArchiveEntry> next() throws IOException {
            return reader.next();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return reader.read(buffer, offset, length);
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
