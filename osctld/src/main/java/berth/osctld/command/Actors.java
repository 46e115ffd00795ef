package berth.osctld.command;

import berth.engine.operation.Actor;
import berth.osctld.output.RawText;
import berth.osctld.server.Invocation;
import berth.osctld.server.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says who is behind a session, for histories and for others who wait for the same object. */
final class Actors {
    private static final Logger LOG = LoggerFactory.getLogger(Actors.class);
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final int LONGEST = 500;

    private Actors() {}

    /** The user of {@code session}, as the kernel says, and the command line that {@code path} and {@code words} are. */
    static Actor of(Session session, String path, List<String> words) {
        return new Actor(user(session), command(path, words));
    }

    private static String user(Session session) {
        int uid = session.peer().uid();
        String name = uid == 0 ? "root" : name(uid);
        // Only root can have come by sudo; anybody else could write what he likes into his environment.
        String caller = uid == 0 ? sudoUser(session.invocation()) : "";
        return caller.isEmpty() ? name : "%s (%s)".formatted(name, caller);
    }

    private static String sudoUser(Invocation invocation) {
        return RawText.printable(invocation.environment().getOrDefault("SUDO_USER", ""));
    }

    private static String name(int uid) {
        try (Stream<String> lines = Files.lines(PASSWD, StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 2 && fields[2].equals(Integer.toUnsignedString(uid)))
                    .map(fields -> fields[0])
                    .findFirst()
                    .orElse("uid " + Integer.toUnsignedString(uid));
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", PASSWD, e.getMessage());
            return "uid " + Integer.toUnsignedString(uid);
        }
    }

    private static String command(String path, List<String> words) {
        String program = "osctl ";
        String start = path.startsWith(program) ? path.substring(program.length()) : path;
        String all = Stream.concat(Stream.of(start), words.stream().map(Actors::quoted))
                .collect(Collectors.joining(" "));
        String clean = RawText.printable(all);
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST) + "…";
    }

    private static String quoted(String word) {
        boolean plain = !word.isEmpty() && word.chars().noneMatch(c -> c <= ' ' || c == '\'' || c == '"');
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
