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
    static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    /** Of aufs itself; nothing that a tree has. */
    private static final String PRIVATE = ".wh..wh.";

    private final Directory directory;
    private final Archives archives;
    private final Iterator<String> layers;
    /** Closed with the reader; not the same as {@link #directory} where that is the caller's. */
    private final Optional<Directory> owned;
    /** Whether something is below the layer that is read. */
    private boolean onOthers;

    private Pass pass = Pass.ADDITIONS;
    private @Nullable String layer;
    private @Nullable ArchiveReader current;

    private enum On {
        NOTHING,
        OTHERS
    }

    private enum Pass {
        REMOVALS,
        ADDITIONS
    }

    /**
     * @param directory which the layers are in; stays open and the caller's
     * @param layers paths in it
     */
    LayersReader(Directory directory, List<String> layers, Archives archives) {
        this(directory, layers, archives, Optional.empty(), On.NOTHING);
    }

    private LayersReader(
            Directory directory, List<String> layers, Archives archives, Optional<Directory> owned, On below) {
        this.owned = owned;
        this.onOthers = below == On.OTHERS;
        this.directory = directory;
        this.layers = layers.iterator();
        this.archives = archives;
    }

    /** A reader of the one layer {@code layer} of a tree that has others already; closing it closes {@code directory}. */
    static LayersReader onTree(Directory directory, String layer, Archives archives) {
        return new LayersReader(directory, List.of(layer), archives, Optional.of(directory), On.OTHERS);
    }

    /** A reader of {@code layers} of a tree that has others already; {@code directory} stays open. */
    static LayersReader above(Directory directory, List<String> layers, Archives archives) {
        return new LayersReader(directory, layers, archives, Optional.empty(), On.OTHERS);
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
                closeLayer();
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
        closeLayer();
        owned.ifPresent(Directory::close);
    }

    private void closeLayer() throws IOException {
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
            pass = onOthers ? Pass.REMOVALS : Pass.ADDITIONS;
            onOthers = true;
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
