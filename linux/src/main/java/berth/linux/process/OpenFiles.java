package berth.linux.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many files this process and its children may have open. Source: getrlimit(2), proc(5). */
public final class OpenFiles {
    private static final String LIMIT = "Max open files";
    private static final String CAPABILITIES = "CapEff:";
    private static final int CAP_SYS_RESOURCE = 24;

    private OpenFiles() {}

    /** The highest hard limit that a child can be given, {@code wanted} at most: only CAP_SYS_RESOURCE raises one. */
    public static long highest(long wanted) {
        boolean mayRaise = lines("/proc/self/status").stream()
                .filter(l -> l.startsWith(CAPABILITIES))
                .map(l -> Long.parseUnsignedLong(
                        l.substring(CAPABILITIES.length()).strip(), 16))
                .anyMatch(c -> (c >>> CAP_SYS_RESOURCE & 1) == 1);
        return mayRaise ? wanted : Math.min(wanted, hard());
    }

    private static long hard() {
        return lines("/proc/self/limits").stream()
                .filter(l -> l.startsWith(LIMIT))
                .map(l -> l.substring(LIMIT.length()).strip().split("\\s+")[1])
                .mapToLong(l -> l.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(l))
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
