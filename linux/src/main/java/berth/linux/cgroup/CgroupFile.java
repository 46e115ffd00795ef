package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The small text files of cgroup trees, by plain system calls: they are on the path of every container start. */
final class CgroupFile {
    private static final int PAGE = 4096;

    private CgroupFile() {}

    /** Its text; empty if it is not there, or its cgroup has gone. */
    static Optional<String> read(Path file) {
        try (Fd fd = Fd.openForReading(file)) {
            return Optional.of(text(fd));
        } catch (KernelException e) {
            if (isAbsence(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static String text(Fd fd) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] page = new byte[PAGE];
        for (int n = fd.readAt(0, page); n > 0; n = fd.readAt(text.size(), page)) {
            text.write(page, 0, n);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    static Set<String> words(Path file) {
        String text = read(file).orElse("").strip();
        return text.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(text.split("\\s+")));
    }

    static OptionalLong number(Path file) {
        return read(file).map(CgroupFile::parse).orElseGet(OptionalLong::empty);
    }

    /** The number after {@code key} in a file of lines {@code key value}. */
    static OptionalLong number(Path file, String key) {
        return read(file).map(text -> field(text, key)).orElseGet(OptionalLong::empty);
    }

    static OptionalLong field(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key + " "))
                .map(line -> parse(line.substring(key.length())))
                .findFirst()
                .orElseGet(OptionalLong::empty);
    }

    /** Writes in one write, as cgroup files want it. */
    static void write(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Fd fd = Fd.openForWriting(file)) {
            fd.writeFully(bytes, 0, bytes.length);
        } catch (KernelException e) {
            throw new KernelException(e.call(), file + " <- " + text, e.errno());
        }
    }

    /** ENODEV is what a file of a removed cgroup answers to a reader that had it open, ESRCH one of an ended process. */
    static boolean isAbsence(KernelException e) {
        return e.is(Errno.ENOENT) || e.is(Errno.ENODEV) || e.is(Errno.ENOTDIR) || e.is(Errno.ESRCH);
    }

    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException notOne) {
            return OptionalLong.empty();
        }
    }
}
