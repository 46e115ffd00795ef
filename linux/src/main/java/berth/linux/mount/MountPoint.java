package berth.linux.mount;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of a mount table. Source: proc(5), /proc/PID/mountinfo.
 *
 * @param id unique while the mount exists
 * @param parent the id of the mount it lies on
 * @param device the number of its file system, {@code major:minor}
 * @param root the path inside its file system that is mounted
 * @param target where it is mounted, as seen from the reader's root
 * @param options the mount's own options, for instance {@code nosuid}
 * @param tags the optional fields, for instance {@code shared:1}
 * @param type the file system's type, for instance {@code overlay}
 * @param source as the mounter named it
 * @param superOptions the file system's options, in the kernel's words
 */
public record MountPoint(
        int id,
        int parent,
        String device,
        String root,
        Path target,
        Set<String> options,
        List<String> tags,
        String type,
        String source,
        String superOptions) {

    public MountPoint {
        options = Set.copyOf(options);
        tags = List.copyOf(tags);
    }

    /** Parses one line of mountinfo; empty if it is not one. */
    public static Optional<MountPoint> parse(String line) {
        String[] fields = line.split(" ", -1);
        int dash = 6;
        while (dash < fields.length && !fields[dash].equals("-")) {
            dash++;
        }
        if (dash + 2 >= fields.length) {
            return Optional.empty();
        }
        return Optional.of(new MountPoint(
                Integer.parseInt(fields[0]),
                Integer.parseInt(fields[1]),
                fields[2],
                unescape(fields[3]),
                Path.of(unescape(fields[4])),
                new LinkedHashSet<>(List.of(fields[5].split(","))),
                List.of(fields).subList(6, dash),
                unescape(fields[dash + 1]),
                unescape(fields[dash + 2]),
                dash + 3 < fields.length ? unescape(fields[dash + 3]) : ""));
    }

    /** Undoes the kernel's {@code \ooo} for space, tab, newline and backslash. */
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\\' && i + 3 < bytes.length && isOctal(bytes, i + 1)) {
                plain.write((bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | (bytes[i + 3] - '0'));
                i += 3;
            } else {
                plain.write(bytes[i]);
            }
        }
        return plain.toString(StandardCharsets.UTF_8);
    }

    private static boolean isOctal(byte[] bytes, int from) {
        for (int i = from; i < from + 3; i++) {
            if (bytes[i] < '0' || bytes[i] > '7') {
                return false;
            }
        }
        return true;
    }
}
