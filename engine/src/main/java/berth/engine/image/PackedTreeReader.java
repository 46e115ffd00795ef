package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.FileName;
import java.io.IOException;
import java.util.Optional;

/** Reads the files that an archive has beneath one directory, as if that were the root. Others beside it are refused. */
final class PackedTreeReader implements ArchiveReader {
    private final ArchiveReader archive;
    private final String top;

    /** @param top the directory; {@code archive} is at its first entry, and stays open */
    PackedTreeReader(ArchiveReader archive, String top) {
        this.archive = archive;
        this.top = top;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        Optional<ArchiveEntry> next = archive.next();
        if (next.isEmpty()) {
            return next;
        }
        ArchiveEntry entry = next.get();
        return Optional.of(new ArchiveEntry(
                beneath(EntryPath.of(entry), entry),
                entry.kind(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.size(),
                entry.kind() == Kind.HARD_LINK ? beneath(EntryPath.ofTarget(entry), entry) : entry.target(),
                entry.mtime(),
                entry.xattrs(),
                entry.data()));
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return archive.read(buffer, offset, length);
    }

    private String beneath(EntryPath path, ArchiveEntry entry) {
        String text = path.text();
        if (text.equals(top)) {
            return "";
        }
        if (text.startsWith(top + "/")) {
            return text.substring(top.length() + 1);
        }
        throw new BerthException(
                ErrorCode.UNTRUSTED,
                "entry '%s' is refused: it is not in %s/".formatted(FileName.printable(entry.name()), top));
    }
}
