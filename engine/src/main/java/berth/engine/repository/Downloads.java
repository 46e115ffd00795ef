package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.engine.store.FileFailure;
import berth.linux.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Fetches files into a directory of the host's. Nobody is given one before it is whole and its hash is right. Who asks for a file
 * that is on its way waits for it and shares it; a transfer that broke off goes on where it ended, also in the next daemon. A
 * file goes when nobody uses it any more.
 *
 * <p>Safe for several threads.
 */
final class Downloads {
    private static final int BUFFER = 1 << 16;
    private static final int ATTEMPTS = 4;
    private static final String PARTIAL = ".part";
    /** How long what broke off is worth keeping. */
    private static final Duration KEPT = Duration.ofDays(3);

    private final Path directory;
    private final Transport transport;
    private final Clock clock;
    /** Files that somebody uses or waits for; guarded by itself. */
    private final Map<String, Shared> shared = new HashMap<>();

    private static final class Shared {
        private final ReentrantLock fetching = new ReentrantLock(true);
        private int users;
    }

    Downloads(Path directory, Transport transport, Clock clock) {
        this.directory = directory;
        this.transport = transport;
        this.clock = clock;
    }

    /** A file that stays until this is closed. */
    final class Fetched implements AutoCloseable {
        private final String key;
        private final Path path;

        private Fetched(String key, Path path) {
            this.key = key;
            this.path = path;
        }

        Path path() {
            return path;
        }

        @Override
        public void close() {
            leave(key);
        }
    }

    /**
     * The file, fetched if it is not there.
     *
     * @param maxSize the most bytes it may have
     * @throws BerthException UNTRUSTED if it is not what the index says; FAILED if it cannot be had; EXHAUSTED if the disk is
     *     full; CANCELLED if the thread is interrupted
     */
    Fetched fetch(RemoteFile file, long maxSize, Progress progress) {
        String key = file.sha256()
                .orElseGet(() ->
                        hex(Sha256.create().digest(file.address().toString().getBytes(StandardCharsets.UTF_8))));
        Shared mine = enter(key);
        boolean done = false;
        try {
            mine.fetching.lockInterruptibly();
            try {
                Path path = directory.resolve(key);
                if (!Files.exists(path)) {
                    fetch(file, path, maxSize, progress);
                }
                done = true;
                return new Fetched(key, path);
            } finally {
                mine.fetching.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled();
        } finally {
            if (!done) {
                leave(key);
            }
        }
    }

    /** Removes what nobody has asked for in a long time, and what a daemon that died had fetched. */
    void sweep() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                boolean partial = file.toString().endsWith(PARTIAL);
                boolean old = Files.getLastModifiedTime(file)
                        .toInstant()
                        .isBefore(clock.instant().minus(KEPT));
                if (!partial || old) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw FileFailure.of("clean up", directory, e);
        }
    }

    private Shared enter(String key) {
        synchronized (shared) {
            Shared entry = shared.computeIfAbsent(key, _ -> new Shared());
            entry.users++;
            return entry;
        }
    }

    private void leave(String key) {
        synchronized (shared) {
            Shared entry = shared.get(key);
            if (entry != null && --entry.users == 0) {
                shared.remove(key);
                directory.resolve(key).toFile().delete();
            }
        }
    }

    private void fetch(RemoteFile file, Path path, long maxSize, Progress progress) {
        Path partial = Path.of(path + PARTIAL);
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (file.sha256().isEmpty()) {
                // Nothing proves that the rest would be of the same file.
                Files.deleteIfExists(partial);
            }
            transfer(file, partial, maxSize, progress);
            verify(file, partial);
            Files.move(partial, path);
        } catch (IOException e) {
            throw FileFailure.of("write", partial, e);
        }
    }

    private void transfer(RemoteFile file, Path partial, long maxSize, Progress progress) throws IOException {
        for (int attempt = 1; true; attempt++) {
            try {
                append(file, partial, maxSize, progress);
                return;
            } catch (TransferException e) {
                boolean resumable = file.sha256().isPresent() && e.progressed() && attempt < ATTEMPTS;
                if (Thread.currentThread().isInterrupted()) {
                    throw cancelled();
                }
                if (!resumable) {
                    throw new BerthException(
                            ErrorCode.FAILED,
                            "%s cannot be fetched: %s".formatted(file.address(), e.getMessage()),
                            file.sha256().isPresent() ? "the next attempt goes on where this one ended" : "try again",
                            e);
                }
            }
        }
    }

    /** A transfer broke off. */
    private static final class TransferException extends Exception {
        private final boolean progressed;

        TransferException(IOException cause, boolean progressed) {
            super(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), cause);
            this.progressed = progressed;
        }

        boolean progressed() {
            return progressed;
        }
    }

    private void append(RemoteFile file, Path partial, long maxSize, Progress progress)
            throws IOException, TransferException {
        long before = Files.exists(partial) ? Files.size(partial) : 0;
        if (file.size() >= 0 && before >= file.size()) {
            return;
        }
        Transport.Body body = open(file, before);
        try (InputStream in = body.stream();
                OutputStream out = Files.newOutputStream(
                        partial,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        body.offset() == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND)) {
            long total = body.offset();
            long limit = file.size() >= 0 ? Math.min(file.size(), maxSize) : maxSize;
            byte[] buffer = new byte[BUFFER];
            for (int count = read(in, buffer, total > before); count >= 0; count = read(in, buffer, total > before)) {
                total += count;
                if (total > limit) {
                    Files.deleteIfExists(partial);
                    throw new BerthException(
                            ErrorCode.UNTRUSTED,
                            "%s is larger than the %d bytes that it may have".formatted(file.address(), limit));
                }
                out.write(buffer, 0, count);
                show(progress, total, file.size() >= 0 ? file.size() : body.size());
            }
            long whole = file.size() >= 0 ? file.size() : body.size();
            if (whole >= 0 && total < whole) {
                throw new TransferException(
                        new IOException("it ended after %d of %d bytes".formatted(total, whole)), total > before);
            }
        }
    }

    private Transport.Body open(RemoteFile file, long before) throws TransferException {
        try {
            return transport.open(file.address(), before);
        } catch (IOException e) {
            throw new TransferException(e, false);
        }
    }

    private static int read(InputStream in, byte[] buffer, boolean progressed) throws TransferException {
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled();
        }
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new TransferException(e, progressed);
        }
    }

    private static void show(Progress progress, long total, long whole) {
        if (whole > 0) {
            progress.percent(100.0 * total / whole);
        }
    }

    private static void verify(RemoteFile file, Path partial) throws IOException {
        Optional<String> wanted = file.sha256();
        if (wanted.isEmpty()) {
            return;
        }
        MessageDigest digest = Sha256.create();
        try (InputStream in = Files.newInputStream(partial)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        if (!hex(digest.digest()).equals(wanted.get())) {
            Files.delete(partial);
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "%s is not what the repository's index says: its SHA-256 is another".formatted(file.address()),
                    "try again; if it stays so, tell whoever keeps the repository");
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static BerthException cancelled() {
        return new BerthException(ErrorCode.CANCELLED, "the transfer was interrupted");
    }
}
