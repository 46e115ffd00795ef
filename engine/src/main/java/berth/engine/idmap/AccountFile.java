package berth.engine.idmap;

import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One of the files of passwd(5), group(5), subuid(5) and subgid(5): lines of fields separated by colons, the owner's name first. */
final class AccountFile {
    /** Names need not be UTF-8; every byte of a line that is not ours must come back as it was. */
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final Path path;

    AccountFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** Its lines; none if it does not exist. */
    List<String> lines() {
        try {
            String text = Files.exists(path) ? Files.readString(path, BYTES) : "";
            // Not String.lines(), which also ends a line at a carriage return.
            return text.isEmpty() ? List.of() : List.of(text.replaceFirst("\\n\\z", "").split("\n", -1));
        } catch (IOException e) {
            throw FileFailure.of("read", path, e);
        }
    }

    /**
     * Makes {@code wanted} the only lines whose name is among {@code names}. Lines of other names stay as they are and where they
     * are. Nothing is written if nothing changes.
     *
     * <p>The new content is synced before it takes the old one's place, as an empty passwd after a power cut would lock everybody
     * out. The directory is not: at worst the old content is back, and the daemon reconciles the files when it starts.
     */
    void replace(Set<String> names, List<String> wanted) {
        List<String> lines = lines();
        List<String> former = new ArrayList<>();
        List<String> next = new ArrayList<>(lines.size() + wanted.size());
        for (String line : lines) {
            (names.contains(name(line)) ? former : next).add(line);
        }
        if (former.equals(wanted)) {
            return;
        }
        next.addAll(wanted);
        StringBuilder text = new StringBuilder();
        next.forEach(line -> text.append(line).append('\n'));
        try {
            Path real = Files.exists(path) ? path.toRealPath() : path;
            DurableFile.replace(
                    real,
                    text.toString().getBytes(BYTES),
                    Files.exists(real) ? Files.getPosixFilePermissions(real) : DurableFile.PUBLIC);
        } catch (IOException e) {
            throw FileFailure.of("write", path, e);
        }
    }

    static String name(String line) {
        int colon = line.indexOf(':');
        return colon < 0 ? line : line.substring(0, colon);
    }
}
