package berth.engine.operation;

import static java.util.Objects.requireNonNull;

import berth.engine.BerthException;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.engine.store.Yaml;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The journal of one operation: a file {@code <id>.journal} with one JSON object a line, the plan first.
 *
 * <p>What is synced, and why no more. The plan, and the directory that names the file, before anything has an effect. The commit
 * before it is run, as it decides whether recovery goes on or back. The final word before the file is removed: without it an
 * operation long finished could be repeated, over changes made since; with it the removal need not be synced. The other steps are
 * written but not synced. When only the process died the kernel has them nevertheless; after a power cut, told by another boot id,
 * recovery takes every step before the commit for begun, which is safe as an undo tolerates a step that was never done and nobody
 * else has used the objects since. So an operation costs four syncs however many steps it has, 0.1 to 0.2 ms each on an idle disk.
 */
final class Journal {
    static final String ENDING = ".journal";

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Path file;
    private long end;

    private Journal(Path file) {
        this.file = file;
    }

    /** The first line: what is to be done. */
    record Header(String kind, String by, String command, Instant at, String boot, JsonNode plan) {
        Header {
            requireNonNull(kind, "no kind");
            requireNonNull(by, "no user");
            requireNonNull(command, "no command");
            requireNonNull(at, "no time");
            requireNonNull(boot, "no boot id");
            requireNonNull(plan, "no plan");
        }
    }

    private enum Sync {
        YES,
        NO
    }

    /** What every further line starts with. */
    enum Word {
        /** A step is about to be run. */
        BEGIN,
        /** From here on what was done is undone. */
        UNDO,
        /** Nothing is left to do. */
        DONE
    }

    /** Every further line. */
    record Line(Word word, Optional<String> step) {}

    /** What a journal says. {@code begun} are the steps that may have been done, in order. */
    record Found(Header header, List<String> begun, boolean undoing, boolean done) {}

    /** Starts a journal; durable on return. */
    static Journal start(Path directory, String id, Header header, String firstStep) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path parent = directory.getParent();
            if (parent != null) {
                DurableFile.syncDirectory(parent);
            }
        }
        Journal journal = new Journal(directory.resolve(id + ENDING));
        try {
            journal.append(Yaml.writeJson(header) + "\n" + line(Word.BEGIN, firstStep), Sync.YES);
            DurableFile.syncDirectory(directory);
        } catch (IOException e) {
            journal.remove();
            throw e;
        }
        return journal;
    }

    /** Says that {@code step} is about to be run; survives the process, but not the machine. */
    void begin(String step) throws IOException {
        append(line(Word.BEGIN, step), Sync.NO);
    }

    /** Says that the commit {@code step} is about to be run; durable on return. */
    void beginCommit(String step) throws IOException {
        append(line(Word.BEGIN, step), Sync.YES);
    }

    /** Says that what was begun is undone, even if the commit is among it; durable on return. */
    void undo() throws IOException {
        append(line(Word.UNDO, null), Sync.YES);
    }

    /** Says that nothing is left to do, and removes the file. A failure is logged: the operation itself is over. */
    void finish() {
        try {
            append(line(Word.DONE, null), Sync.YES);
        } catch (IOException e) {
            LOG.warn("{} cannot be finished: {}", file, e.getMessage());
        }
        remove();
    }

    /** Renames the file, so that it is neither lost nor read again. */
    void setAside() {
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".broken"));
        } catch (IOException e) {
            LOG.warn("{} cannot be renamed: {}", file, e.getMessage());
        }
    }

    Path file() {
        return file;
    }

    String id() {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - ENDING.length());
    }

    /** Every journal in {@code directory}, the oldest first. */
    static List<Journal> all(Path directory) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*" + ENDING)) {
                entries.forEach(files::add);
            } catch (IOException e) {
                throw FileFailure.of("read", directory, e);
            }
        }
        Collections.sort(files);
        return files.stream().map(Journal::new).toList();
    }

    /**
     * What it says; empty if its process died before the first step was taken.
     *
     * @throws BerthException INVALID if it is no journal
     */
    Optional<Found> read() throws IOException {
        String text = Files.readString(file);
        // The last line of a process that was killed may be cut off: its write was not over, so its step was not begun.
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        end = whole.getBytes(StandardCharsets.UTF_8).length;
        List<String> lines = whole.lines().toList();
        if (lines.size() < 2) {
            return Optional.empty();
        }
        List<String> begun = new ArrayList<>();
        boolean undoing = false;
        boolean done = false;
        for (String json : lines.subList(1, lines.size())) {
            Line line = Yaml.readJson(json, Line.class);
            switch (line.word()) {
                case BEGIN -> line.step().ifPresent(begun::add);
                case UNDO -> undoing = true;
                case DONE -> done = true;
            }
        }
        return Optional.of(new Found(Yaml.readJson(lines.getFirst(), Header.class), begun, undoing, done));
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", file, e.getMessage());
        }
    }

    private static String line(Word word, @Nullable String step) {
        return Yaml.writeJson(new Line(word, Optional.ofNullable(step))) + "\n";
    }

    private void append(String text, Sync sync) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        DurableFile.uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(DurableFile.PRIVATE))) {
                // What an earlier attempt wrote in part must not stand in the middle of the file.
                channel.truncate(end);
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    channel.write(rest, end + rest.position());
                }
                if (sync == Sync.YES) {
                    channel.force(false);
                }
            }
        });
        end += bytes.length;
    }
}
