package berth.engine.storage.dir;

import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.Resolution;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Lays one frozen overlay layer over another, so that the two show the same as one: whiteouts and opaque directories stay,
 * since they may hide what is in layers further below. Files are not copied but get a second name; both layers are never
 * written to again. Knows no redirects and no metacopies, which Berth's overlays do not make.
 * Source: Linux Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".
 */
final class LayerMerge {
    private static final String OPAQUE = "trusted.overlay.opaque";
    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

    private final Directory from;
    private final Directory to;

    /** @param to the lower one, or an empty directory, on the file system of {@code from} */
    LayerMerge(Directory from, Directory to) {
        this.from = from;
        this.to = to;
    }

    void run() {
        try (Directory source = from.with(Resolution.NO_LINKS);
                Directory target = to.with(Resolution.NO_LINKS)) {
            mergeContents(source, target);
            setAttributes(source, target);
        }
    }

    private static void mergeContents(Directory source, Directory target) {
        for (DirectoryEntry entry : source.list()) {
            String name = entry.name();
            FileStat stat = source.stat(name).orElseThrow();
            if (stat.isDirectory()) {
                mergeDirectory(source, target, name);
            } else if (stat.type() == FileType.CHARACTER_DEVICE) {
                target.removeTree(name);
                // Not a second name: a file system limits how many one file has, and a layer may hide any number of
                // others.
                target.createWhiteout(name);
            } else {
                target.removeTree(name);
                source.linkTo(name, target, name);
            }
        }
    }

    private static void mergeDirectory(Directory source, Directory target, String name) {
        boolean opaque = Arrays.equals(source.xattrs(name).get(OPAQUE), YES);
        Optional<FileStat> there = target.stat(name);
        boolean hides = there.isPresent() && there.get().type() != FileType.DIRECTORY;
        if (opaque || hides) {
            target.removeTree(name);
        }
        if (target.stat(name).isEmpty()) {
            target.createDirectory(name, 0700);
        }
        if (hides) {
            // What it stands in the place of hid what is further below.
            target.setXattr(name, OPAQUE, YES);
        }
        try (Directory from = source.openDirectory(name);
                Directory to = target.openDirectory(name)) {
            mergeContents(from, to);
            setAttributes(from, to);
        }
    }

    /** Owner first: a change of owner takes setgid bits away. Time last. */
    private static void setAttributes(Directory source, Directory target) {
        FileStat stat = source.stat();
        target.chown(".", stat.uid(), stat.gid());
        target.chmod(".", stat.mode());
        Map<String, byte[]> wanted = source.xattrs(".");
        target.xattrs(".").keySet().stream()
                .filter(key -> !wanted.containsKey(key) && !key.startsWith("trusted.overlay."))
                .forEach(key -> target.removeXattr(".", key));
        wanted.forEach((key, value) -> target.setXattr(".", key, value));
        target.setTime(".", stat.mtime());
    }
}
