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
import java.util.Optional;
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
            return text.isEmpty()
                    ? List.of()
                    : List.of(text.replaceFirst("\\n\\z", "").split("\n", -1));
        } catch (IOException e) {
            throw FileFailure.of("read", path, e);
        }
    }

    /** A new content of a file that waits to be put in place. */
    record Edit(AccountFile file, String text) {
        /** Writes and syncs it beside the file. */
        DurableFile.Pending prepare() {
            try {
                Path real = Files.exists(file.path) ? file.path.toRealPath() : file.path;
                return DurableFile.prepare(
                        real,
                        text.getBytes(BYTES),
                        Files.exists(real) ? Files.getPosixFilePermissions(real) : DurableFile.PUBLIC);
            } catch (IOException e) {
                throw FileFailure.of("write", file.path, e);
            }
        }
    }

    /**
     * The content in which {@code wanted} are the only lines whose name is among {@code names}; empty if it is so already. Lines of
     * other names stay as they are and where they are.
     */
    Optional<Edit> edit(Set<String> names, List<String> wanted) {
        List<String> lines = lines();
        List<String> former = new ArrayList<>();
        List<String> next = new ArrayList<>(lines.size() + wanted.size());
        for (String line : lines) {
            (names.contains(name(line)) ? former : next).add(line);
        }
        if (former.equals(wanted)) {
            return Optional.empty();
        }
        next.addAll(wanted);
        StringBuilder text = new StringBuilder();
        next.forEach(line -> text.append(line).append('\n'));
        return Optional.of(new Edit(this, text.toString()));
    }

    /** Removes what an edit that was cut off has left. */
    void sweep() {
        try {
            DurableFile.sweepBeside(Files.exists(path) ? path.toRealPath() : path);
        } catch (IOException e) {
            throw FileFailure.of("tidy up beside", path, e);
        }
    }

    static String name(String line) {
        int colon = line.indexOf(':');
        return colon < 0 ? line : line.substring(0, colon);
    }
}
