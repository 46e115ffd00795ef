package berth.engine.image;

import berth.engine.image.ArchiveEntry.Kind;
import berth.linux.file.Directory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tar archives of layers one after the other, the lowest first. What a layer takes away of those below comes before
 * what it adds, wherever it stands in its archive: so each but the first is read twice. Source: OCI Image Layer Filesystem
 * Changeset, "Whiteouts".
 */
final class LayersReader implements ArchiveReader {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    /** Of aufs itself; nothing that a tree has. */
    private static final String PRIVATE = ".wh..wh.";

    private final Directory directory;
    private final Archives archives;
    private final Iterator<String> layers;
    private @Nullable String layer;
    private Pass pass = Pass.ADDITIONS;
    private @Nullable ArchiveReader current;

    private enum Pass {
        REMOVALS,
        ADDITIONS
    }

    /**
     * @param directory which the layers are in; stays open and the caller's
     * @param layers paths in it
     */
    LayersReader(Directory directory, List<String> layers, Archives archives) {
        this.directory = directory;
        this.layers = layers.iterator();
        this.archives = archives;
    }

    @Override
    public Optional<ArchiveEntry> next() throws IOException {
        while (true) {
            if (current == null && !advance()) {
                return Optional.empty();
            }
            ArchiveReader reader = current;
            Optional<ArchiveEntry> entry = reader == null ? Optional.empty() : reader.next();
            if (entry.isEmpty()) {
                close();
                continue;
            }
            Optional<ArchiveEntry> wanted = wanted(entry.get());
            if (wanted.isPresent()) {
                return wanted;
            }
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        ArchiveReader reader = current;
        return reader == null ? -1 : reader.read(buffer, offset, length);
    }

    @Override
    public void close() throws IOException {
        ArchiveReader reader = current;
        current = null;
        if (reader != null) {
            reader.close();
        }
    }

    private boolean advance() throws IOException {
        if (layer != null && pass == Pass.REMOVALS) {
            pass = Pass.ADDITIONS;
        } else {
            if (!layers.hasNext()) {
                return false;
            }
            pass = layer == null ? Pass.ADDITIONS : Pass.REMOVALS;
            layer = layers.next();
        }
        current = archives.open(new BufferedInputStream(OciImage.open(directory, layer)));
        return true;
    }

    private Optional<ArchiveEntry> wanted(ArchiveEntry entry) {
        String path = entry.name();
        int slash = path.lastIndexOf('/');
        String parent = path.substring(0, slash + 1);
        String name = path.substring(slash + 1);
        if (!name.startsWith(WHITEOUT)) {
            return pass == Pass.ADDITIONS ? Optional.of(entry) : Optional.empty();
        }
        if (pass == Pass.ADDITIONS || (name.startsWith(PRIVATE) && !name.equals(OPAQUE))) {
            return Optional.empty();
        }
        return Optional.of(
                name.equals(OPAQUE)
                        ? ArchiveEntry.made(parent, Kind.OPAQUE, 0, "")
                        : ArchiveEntry.made(parent + name.substring(WHITEOUT.length()), Kind.WHITEOUT, 0, ""));
    }
}
