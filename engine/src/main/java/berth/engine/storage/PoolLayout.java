package berth.engine.storage;

import berth.engine.store.DurableFile;
import berth.engine.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** The directories that every pool has. */
final class PoolLayout {
    /** Directories of a pool and who may pass through them: monitors reach only the logs, through the pool itself. */
    private static final Map<String, String> LAYOUT = Map.ofEntries(
            Map.entry("conf", "rwx------"),
            Map.entry("conf/pool", "rwx------"),
            Map.entry("conf/journal", "rwx------"),
            Map.entry("conf/journal/user", "rwx------"),
            Map.entry("ct", "rwx------"),
            Map.entry("empty", "rwx------"),
            // What further file systems of containers show before anything is written to them.
            Map.entry("empty/tree", "rwxr-xr-x"),
            Map.entry("image", "rwx------"),
            Map.entry("log", "rwx--x--x"),
            Map.entry("log/ct", "rwx--x--x"),
            Map.entry("trash", "rwx------"));

    private PoolLayout() {}

    /** Makes it, or what is missing of it; tells a directory that cannot hold a pool. */
    static void lay(String name, Path directory, String driver) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        for (String part : LAYOUT.keySet().stream().sorted().toList()) {
            Path path = directory.resolve(part);
            if (!Files.isDirectory(path)) {
                Files.createDirectory(path);
            }
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(LAYOUT.getOrDefault(part, "rwx------")));
        }
        refuseUnreachable(directory);
        ObjectStore<PoolMarker> markers = markers(directory);
        if (markers.read(name).flatMap(PoolMarker::driver).isEmpty()) {
            markers.save(new PoolMarker(name, PoolMarker.FORMAT, Optional.of(driver)));
        }
        // Tells a read-only file system, which would otherwise show with the first change.
        Path probe = directory.resolve("conf/.writable");
        DurableFile.write(probe, new byte[0], DurableFile.PRIVATE);
        Files.delete(probe);
    }

    /** Monitors run as users of their own and must reach the logs. */
    private static void refuseUnreachable(Path directory) throws IOException {
        for (Path p = directory; p != null; p = p.getParent()) {
            if (!Files.getPosixFilePermissions(p).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                throw new IOException("others may not pass through %s ('chmod o+x %s' lets them)".formatted(p, p));
            }
        }
    }

    /** What the pool in {@code directory} says of itself. */
    static ObjectStore<PoolMarker> markers(Path directory) {
        return new ObjectStore<>(directory.resolve("conf/pool"), PoolMarker.class, PoolMarker::name);
    }
}
