package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Kind;
import berth.engine.operation.Progress;
import berth.linux.file.FileName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** Reads what {@link ListedTree} wrote, once, from front to end. Nothing of it is trusted. */
public final class ListedArchive implements AutoCloseable {
    private static final String PAST_START = ListedTree.PAST + "/";

    private final ArchiveReader stream;
    private final CheckedArchive archive;

    /** What becomes of files whose content is missing or damaged. */
    public enum Damaged {
        REFUSED,
        LEFT_OUT
    }

    /** A file of it, by its path in it: {@code rootfs/…} or {@code datasets/NAME/…}. */
    public record Listed(String path, ContentList content) {}

    /**
     * Opens {@code in}, compressed or not, which is closed with it.
     *
     * @throws BerthException UNTRUSTED if it is none
     */
    public ListedArchive(InputStream in, long maxSize) {
        try {
            stream = Archives.tar(in, maxSize);
            archive = new CheckedArchive(stream);
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
    }

    /** What it says of itself. */
    public String description() {
        return archive.description();
    }

    /** The next file with content; empty at the end, which was whole then. @throws BerthException UNTRUSTED if it is damaged */
    public Optional<Listed> next() {
        try {
            for (var entry = archive.next(); entry.isPresent(); entry = archive.next()) {
                if (isListed(entry.get())) {
                    return Optional.of(new Listed(
                            EntryPath.of(entry.get()).text(), ContentList.parse(text(archive, entry.get()))));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
    }

    /**
     * The file systems of it, with their content from {@code store}; they may be UNTRUSTED too because content is damaged, unless that
     * is left out.
     *
     * @param names what they are called, the root's first
     * @param maxSize the most bytes of content that they may have
     */
    public TreeStates present(
            ContentStore store, Damaged damaged, String source, List<String> names, long maxSize, Progress progress) {
        return PackedArchive.present(new Filled(store, damaged, progress, Part.PRESENT), source, maxSize, names);
    }

    /**
     * The file systems of it with their past; otherwise as {@link #present}.
     *
     * @param states how many there are of each, the root's first
     */
    public TreeStates past(
            ContentStore store,
            Damaged damaged,
            String source,
            SequencedMap<String, Integer> states,
            long maxSize,
            Progress progress) {
        ArchiveReader past = new Past(new Filled(store, damaged, progress, Part.PAST));
        return PackedArchive.states(past, source, maxSize, PackedTree.TREE, states);
    }

    private static boolean isPast(ArchiveEntry entry) {
        return isPast(EntryPath.of(entry).text());
    }

    private static boolean isPast(String path) {
        return path.equals(ListedTree.PAST) || path.startsWith(PAST_START);
    }

    /** Which files of the archive are wanted; the others are not even looked for in the store. */
    private enum Part {
        PRESENT,
        PAST
    }

    /** The past, as if nothing else were in the archive. */
    private record Past(ArchiveReader archive) implements ArchiveReader {
        @Override
        public Optional<ArchiveEntry> next() throws IOException {
            return archive.next().map(Past::inside);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return archive.read(buffer, offset, length);
        }

        private static ArchiveEntry inside(ArchiveEntry entry) {
            String target = entry.target();
            if (entry.kind() == Kind.HARD_LINK) {
                String linked = EntryPath.ofTarget(entry).text();
                // What is linked from elsewhere leads nowhere.
                target = isPast(linked) ? beneath(linked) : "";
            }
            return entry.renamed(beneath(EntryPath.of(entry).text()), target);
        }

        private static String beneath(String path) {
            return path.substring(Math.min(PAST_START.length(), path.length()));
        }
    }

    /**
     * Which of two paths of files comes first in a listing: those of the root file system do, then those of datasets by their names, then
     * those of the past, of which only the oldest root is asked for; otherwise each directory comes before what is in it, and names by their bytes.
     */
    public static int compare(String left, String right) {
        String[] one = left.split("/");
        String[] other = right.split("/");
        if (!one[0].equals(other[0])) {
            return Integer.compare(rank(one[0]), rank(other[0]));
        }
        boolean inRoot = one[0].equals(PackedTree.TREE);
        for (int i = 1; i < Math.min(one.length, other.length); i++) {
            boolean isDataset = i == 1 && !inRoot;
            int order = isDataset
                    ? PackedTree.named(one[i]).compareTo(PackedTree.named(other[i]))
                    : Arrays.compareUnsigned(FileName.encode(one[i]), FileName.encode(other[i]));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.length, other.length);
    }

    private static int rank(String top) {
        return switch (top) {
            case PackedTree.TREE -> 0;
            case ListedTree.PAST -> 2;
            default -> 1;
        };
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw Unpacker.broken(e);
        }
    }

    private static boolean isListed(ArchiveEntry entry) {
        return entry.kind() == Kind.FILE && entry.size() > 0;
    }

    private static byte[] text(ArchiveReader source, ArchiveEntry entry) throws IOException {
        if (entry.size() > ContentList.LIMIT) {
            throw new CorruptArchiveException("what it says of '%s' is too long".formatted(entry.shown()));
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream((int) entry.size());
        byte[] buffer = new byte[(int) Math.min(entry.size(), 1 << 16)];
        for (int count = source.read(buffer, 0, buffer.length);
                count >= 0;
                count = source.read(buffer, 0, buffer.length)) {
            text.write(buffer, 0, count);
        }
        return text.toByteArray();
    }

    /** The archive with what is in its files. */
    private final class Filled implements ArchiveReader {
        private final ContentStore store;
        private final Damaged damaged;
        private final Progress progress;
        private final Part part;
        private Deque<ContentList.Chunk> chunks = new ArrayDeque<>();
        private byte[] current = new byte[0];
        private int position;
        /** Paths of files left out, whose other names must be left out as well. */
        private final Set<String> leftOut = new HashSet<>();

        Filled(ContentStore store, Damaged damaged, Progress progress, Part part) {
            this.part = part;
            this.store = store;
            this.damaged = damaged;
            this.progress = progress;
        }

        @Override
        public Optional<ArchiveEntry> next() throws IOException {
            chunks.clear();
            current = new byte[0];
            position = 0;
            for (var next = archive.next(); next.isPresent(); next = archive.next()) {
                ArchiveEntry entry = next.get();
                if (isPast(entry) != (part == Part.PAST)) {
                    continue;
                }
                boolean toNothing = entry.kind() == Kind.HARD_LINK
                        && leftOut.contains(EntryPath.ofTarget(entry).text());
                if (!isListed(entry) && !toNothing) {
                    return next;
                }
                if (toNothing) {
                    continue;
                }
                ContentList content = ContentList.parse(text(archive, entry));
                if (isWhole(entry, content)) {
                    chunks = new ArrayDeque<>(content.chunks());
                    return Optional.of(filled(entry, content));
                }
            }
            return Optional.empty();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            while (position == current.length) {
                ContentList.Chunk chunk = chunks.poll();
                if (chunk == null) {
                    return -1;
                }
                current = store.read(chunk)
                        .orElseThrow(() -> new CorruptArchiveException("chunk %s is damaged".formatted(chunk.hash())));
                position = 0;
            }
            int count = Math.min(length, current.length - position);
            System.arraycopy(current, position, buffer, offset, count);
            position += count;
            return count;
        }

        /** Known before the file is begun: one that ends in its midst could not be taken back. */
        private boolean isWhole(ArchiveEntry entry, ContentList content) throws IOException {
            for (ContentList.Chunk chunk : content.chunks()) {
                FileSink.checkInterrupt();
                if (store.read(chunk).isPresent()) {
                    continue;
                }
                if (damaged == Damaged.REFUSED) {
                    throw new BerthException(
                            ErrorCode.UNTRUSTED,
                            "'%s' cannot be restored: chunk %s is missing or damaged"
                                    .formatted(entry.shown(), chunk.hash()),
                            "--leave-out-damaged restores the rest");
                }
                leftOut.add(EntryPath.of(entry).text());
                progress.warn(
                        "'%s' is left out: chunk %s is missing or damaged".formatted(entry.shown(), chunk.hash()));
                return false;
            }
            return true;
        }

        private ArchiveEntry filled(ArchiveEntry entry, ContentList content) {
            List<ArchiveEntry.Extent> extents = new ArrayList<>(content.extents());
            return new ArchiveEntry(
                    entry.name(),
                    entry.kind(),
                    entry.mode(),
                    entry.uid(),
                    entry.gid(),
                    content.size(),
                    entry.target(),
                    entry.mtime(),
                    entry.xattrs(),
                    extents);
        }
    }
}
