package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive as it is, unless it is a root file system with its past, see {@link PackedTree}: then as what it is at last, each
 * state written over the one before.
 */
final class Flattened implements ArchiveReader {
    private static final Pattern INSIDE = Pattern.compile("(image|states/[0-9]+)(?:/(.*))?", Pattern.DOTALL);
    private static final int MAX_DESCRIPTION = 1 << 20;

    private final ArchiveReader archive;
    private boolean begun;
    private boolean hasPast;
    /** The second entry, which had to be looked at before the first is told. */
    private Optional<ArchiveEntry> second = Optional.empty();

    private @Nullable InputStream description;

    Flattened(ArchiveReader archive) {
        this.archive = archive;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        if (!begun) {
            begun = true;
            Optional<ArchiveEntry> first = begin();
            if (!hasPast) {
                return first;
            }
        }
        description = null;
        Optional<ArchiveEntry> next = second.isPresent() ? second : archive.next();
        second = Optional.empty();
        while (hasPast && next.isPresent()) {
            Optional<ArchiveEntry> inside = inside(next.get());
            if (inside.isPresent()) {
                return inside;
            }
            next = archive.next();
        }
        return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return description == null ? archive.read(buffer, offset, length) : description.read(buffer, offset, length);
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }

    private Optional<ArchiveEntry> begin() throws IOException {
        Optional<ArchiveEntry> first = archive.next();
        boolean described = first.filter(e -> e.kind() == Kind.FILE
                        && e.size() <= MAX_DESCRIPTION
                        && EntryPath.of(e).text().equals(CheckedWriter.DESCRIPTION))
                .isPresent();
        if (described) {
            byte[] text = new byte
                    [(int) first.get().data().stream()
                            .mapToLong(ArchiveEntry.Extent::length)
                            .sum()];
            int filled = 0;
            while (filled < text.length) {
                int count = archive.read(text, filled, text.length - filled);
                if (count < 0) {
                    throw ArchiveBytes.truncated();
                }
                filled += count;
            }
            description = new ByteArrayInputStream(text);
            second = archive.next();
            hasPast = second.filter(e -> EntryPath.of(e).text().equals(PackedTree.IMAGE))
                    .isPresent();
        }
        return first;
    }

    private static Optional<ArchiveEntry> inside(ArchiveEntry entry) {
        Matcher path = INSIDE.matcher(EntryPath.of(entry).text());
        if (!path.matches()) {
            return Optional.empty();
        }
        String name = path.group(2) == null ? "" : path.group(2);
        if (entry.kind() == Kind.DEVICE && !path.group(1).equals(PackedTree.IMAGE)) {
            return Optional.of(ArchiveEntry.made(name, Kind.WHITEOUT, 0, ""));
        }
        String target = entry.target();
        if (entry.kind() == Kind.HARD_LINK) {
            Matcher linked = INSIDE.matcher(EntryPath.ofTarget(entry).text());
            target = linked.matches() && linked.group(2) != null ? linked.group(2) : target;
        }
        return Optional.of(entry.renamed(name, target));
    }
}
