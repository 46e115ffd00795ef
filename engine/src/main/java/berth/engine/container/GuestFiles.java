package berth.engine.container;

import berth.engine.guest.GuestTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that tell a guest who it is: host name, its line in hosts, resolvers. They are written beneath its root file
 * system with its own root's ids, before its init runs.
 *
 * <p>A guest that wants to keep one for itself takes its owner's write permission away ({@code chmod u-w}).
 */
final class GuestFiles {
    private static final int MODE = 0644;
    private static final String MARK = "# set by osctl";

    private final GuestTree tree;

    GuestFiles(GuestTree tree) {
        this.tree = tree;
    }

    /** Makes {@code hostname} the name that the guest's own start would set. */
    void hostname(String hostname) {
        write("etc/hostname", hostname + "\n");
        String shortName = hostname.contains(".") ? " " + hostname.substring(0, hostname.indexOf('.')) : "";
        hosts("127.0.1.1\t" + hostname + shortName + "\t" + MARK);
    }

    /** Makes {@code resolvers} the guest's DNS servers; no resolvers leave its own file alone. */
    void resolvers(List<String> resolvers) {
        if (!resolvers.isEmpty()) {
            StringBuilder text = new StringBuilder(MARK).append('\n');
            resolvers.forEach(r -> text.append("nameserver ").append(r).append('\n'));
            write("etc/resolv.conf", text.append("options edns0\n").toString());
        }
    }

    /** Keeps every line of the guest's own and replaces the one that was written here before. */
    private void hosts(String line) {
        // Missing or no regular file: the write below decides what becomes of it.
        List<String> lines = new ArrayList<>(tree.read("etc/hosts")
                .map(old -> Stream.of(old.split("\n"))
                        .filter(l -> !l.endsWith(MARK))
                        .toList())
                .orElse(List.of("127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback")));
        lines.add(line);
        tree.write("etc/hosts", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1), MODE);
    }

    private void write(String path, String text) {
        tree.write(path, text.getBytes(StandardCharsets.UTF_8), MODE);
    }
}
