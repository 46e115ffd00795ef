package berth.engine.image;

import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.UserNamespaces;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A pool's images in a scratch directory, beside files that belong to the host. */
final class ImportFixture implements AutoCloseable {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    /** For builds that need none. */
    static final Sandbox NO_SANDBOX =
            new Sandbox(new UserNamespaces(List.of("/bin/false")), List.of(), List.of(), List.of());

    private final Path scratch;
    final Path host;
    final Path path;
    final List<String> containers = new ArrayList<>();
    private final Images images;

    ImportFixture(Path scratch) throws IOException {
        this.scratch = scratch;
        host = Files.createDirectory(scratch.resolve("host"));
        Files.writeString(host.resolve("passwd"), "root of the host");
        path = scratch.resolve("image");
        images = Images.open(path, id -> containers, CLOCK);
    }

    Images images() {
        return images;
    }

    Imported importBytes(byte[] archive) {
        return importBytes(archive, ImportRequest.of("test"));
    }

    Imported importBytes(byte[] archive, ImportRequest request) {
        return images.importArchive(new ByteArrayInputStream(archive), request, Progress.none());
    }

    Imported importTar(TarBytes tar) {
        return importBytes(tar.toBytes());
    }

    /** The tree that {@code tar} becomes. */
    Directory treeOf(TarBytes tar) {
        return Directory.open(images.tree(importTar(tar).image()), Resolution.IN_ROOT);
    }

    /** Names and content of everything outside the images' directory, for comparison. */
    Map<String, String> outside() {
        try (Stream<Path> beside = Files.list(scratch)) {
            Map<String, String> found = new TreeMap<>();
            for (Path top : beside.filter(file -> !file.equals(path)).toList()) {
                try (Stream<Path> files = Files.walk(top)) {
                    for (Path file : files.toList()) {
                        found.put(file.toString(), Files.isRegularFile(file) ? Files.readString(file) : "");
                    }
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names in the images' directory. */
    List<String> stored() {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        images.close();
        try (Directory directory = Directory.open(scratch, Resolution.BENEATH)) {
            directory.removeTree("image");
        }
    }
}
