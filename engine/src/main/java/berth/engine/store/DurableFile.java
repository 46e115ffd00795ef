package berth.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Files that are whole at every moment: a reader, also one after a power cut, sees the old content or the new one.
 *
 * <p>A write goes to {@code .NAME.<random>.tmp} beside the file, is synced, renamed over it, and the directory is synced. A
 * pending interrupt of the thread neither stops nor spoils a write and is still pending afterwards.
 */
public final class DurableFile {
    /** Read and written by root alone: {@code 0600}. */
    public static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
    /** Readable by everyone: {@code 0644}. */
    public static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private static final String TEMPORARY = ".tmp";

    private DurableFile() {}

    /** Replaces or creates {@code file}; durable on return. @throws IOException the old content is still there, or, if only
     * the last sync failed, the new one */
    public static void write(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        try (Pending pending = prepare(file, content, mode)) {
            pending.put();
        }
        syncDirectory(parent(file));
    }

    /** {@link #write(Path, byte[], Set)} of the UTF-8 bytes of {@code content}. */
    public static void write(Path file, String content, Set<PosixFilePermission> mode) throws IOException {
        write(file, content.getBytes(StandardCharsets.UTF_8), mode);
    }

    /**
     * The first half of a write: the content is on disk, but not yet in the file's place. So several files can be written at the
     * same time and then replaced in order.
     */
    public static Pending prepare(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        Path temporary = file.resolveSibling(".%s.%08x%s"
                .formatted(file.getFileName(), ThreadLocalRandom.current().nextInt(), TEMPORARY));
        Pending pending = new Pending(file, temporary);
        try {
            uninterrupted(() -> writeSynced(temporary, content, mode));
        } catch (IOException | RuntimeException e) {
            pending.close();
            throw e;
        }
        return pending;
    }

    /** A file whose new content waits beside it. Closed without being put in place, the content is dropped. */
    public static final class Pending implements AutoCloseable {
        private final Path file;
        private final Path temporary;

        private Pending(Path file, Path temporary) {
            this.file = file;
            this.temporary = temporary;
        }

        /**
         * Replaces the file. After a power cut it is whole, but may be the old one until {@link #syncDirectory}.
         */
        public void put() throws IOException {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(temporary);
        }
    }

    /** Removes {@code file}, durably; nothing happens if it is not there. */
    public static void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncDirectory(parent(file));
        }
    }

    /** Makes what was created, renamed and removed in {@code directory} survive a power cut. Source: fsync(2). */
    public static void syncDirectory(Path directory) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        });
    }

    /** Removes what interrupted writes left in {@code directory}. Call it only while nothing is written there. */
    public static void sweep(Path directory) throws IOException {
        sweep(directory, ".*" + TEMPORARY);
    }

    /** Removes what interrupted writes of {@code file} left beside it. Call it only while it is not written. */
    public static void sweepBeside(Path file) throws IOException {
        sweep(parent(file), ".%s.????????%s".formatted(file.getFileName(), TEMPORARY));
    }

    private static void sweep(Path directory, String pattern) throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, pattern)) {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        }
    }

    /** Something done to files that may be done again from its beginning. */
    @FunctionalInterface
    public interface FileAction {
        void run() throws IOException;
    }

    /**
     * Runs {@code action} to its end even if the thread is interrupted. The channels of java.nio close themselves when that
     * happens; the action is then run again. The interrupt is pending afterwards.
     */
    public static void uninterrupted(FileAction action) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    action.run();
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void writeSynced(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
                PosixFilePermissions.asFileAttribute(PRIVATE))) {
            if (!mode.equals(PRIVATE)) {
                Files.setPosixFilePermissions(file, mode);
            }
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of(".") : parent;
    }
}
