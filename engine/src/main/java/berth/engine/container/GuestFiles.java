package berth.engine.container;

import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The files that tell a guest who it is: host name, its line in hosts, resolvers. They are written beneath its root file
 * system with its own root's ids, before its init runs.
 *
 * <p>A guest that wants to keep one for itself takes its owner's write permission away ({@code chmod u-w}).
 */
final class GuestFiles {
    private static final int MODE = 0644;
    private static final int LONGEST_HOSTS = 1 << 20;
    private static final String MARK = "# set by osctl";

    private final Directory rootfs;
    private final int uid;
    private final int gid;
    private final Consumer<String> notes;

    /**
     * @param rootfs the guest's root, resolving as the guest would
     * @param uid the host uid of its root
     * @param notes is told which file was left alone and why
     */
    GuestFiles(Directory rootfs, int uid, int gid, Consumer<String> notes) {
        this.rootfs = rootfs;
        this.uid = uid;
        this.gid = gid;
        this.notes = notes;
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
        List<String> lines =
                new ArrayList<>(List.of("127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback"));
        try {
            String old = new String(rootfs.readFile("etc/hosts", LONGEST_HOSTS), StandardCharsets.ISO_8859_1);
            lines = new ArrayList<>(
                    Stream.of(old.split("\n")).filter(l -> !l.endsWith(MARK)).toList());
        } catch (KernelException e) {
            // Missing or no regular file: the write below decides what becomes of it.
        }
        lines.add(line);
        write("etc/hosts", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private void write(String path, String text) {
        write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String path, byte[] content) {
        try {
            WriteResult result = rootfs.writeFileAtomically(path, content, MODE, uid, gid);
            switch (result) {
                case WRITTEN, UNCHANGED -> {}
                case PROTECTED -> notes.accept("/%s is left alone: its owner may not write it".formatted(path));
                case NOT_A_FILE -> notes.accept("/%s is left alone: it is not a regular file".formatted(path));
                case NO_DIRECTORY -> notes.accept("/%s is not written: its directory does not exist".formatted(path));
            }
        } catch (KernelException e) {
            notes.accept("/%s is not written: %s".formatted(path, e.reason()));
        }
    }
}
