package berth.engine.image;

import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileType;
import berth.linux.file.OpenFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be guessed of a tree from its files. Everything is text from outside: cut to what is harmless to show.
 *
 * @param distribution {@code ID} of os-release, {@code unknown} without it
 * @param version {@code VERSION_ID} of os-release, empty without it
 * @param architecture of its shell or init, {@code unknown} without one
 */
record TreeFacts(String distribution, String version, String architecture, InitKind init) {
    private static final String UNKNOWN = "unknown";
    private static final int OS_RELEASE_LIMIT = 1 << 16;
    private static final List<String> PROGRAMS = List.of("bin/sh", "sbin/init", "bin/busybox", "usr/bin/env");
    private static final List<String> INITS = List.of("sbin/init", "etc/init", "bin/init", "init");
    private static final int MAX_LINKS = 10;

    /** @param tree opened with {@link berth.linux.file.Resolution#IN_ROOT} */
    static TreeFacts of(Directory tree) {
        Map<String, String> release = osRelease(tree);
        return new TreeFacts(
                release.getOrDefault("ID", UNKNOWN),
                release.getOrDefault("VERSION_ID", ""),
                PROGRAMS.stream()
                        .flatMap(path -> ElfHeader.of(start(tree, path)).stream())
                        .findFirst()
                        .map(ElfHeader::architecture)
                        .orElse(UNKNOWN),
                init(tree));
    }

    /** What it leaves open as {@code below}, which the tree stands on, says it. */
    TreeFacts orThoseOf(Image below) {
        return new TreeFacts(
                distribution.equals(UNKNOWN) ? below.distribution() : distribution,
                version.isEmpty() ? below.version() : version,
                architecture.equals(UNKNOWN) ? below.architecture() : architecture,
                init);
    }

    private static Map<String, String> osRelease(Directory tree) {
        Map<String, String> values = new HashMap<>();
        for (String path : List.of("usr/lib/os-release", "etc/os-release")) {
            try {
                new String(tree.readFile(path, OS_RELEASE_LIMIT), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.matches("[A-Z_]+=[\"']?[A-Za-z0-9._+~-]{1,64}[\"']?"))
                        .forEach(line -> {
                            int equals = line.indexOf('=');
                            values.put(
                                    line.substring(0, equals),
                                    line.substring(equals + 1).replaceAll("[\"']", ""));
                        });
            } catch (KernelException e) {
                // The next place may have it.
            }
        }
        return values;
    }

    private static byte[] start(Directory tree, String path) {
        try (OpenFile file = tree.openRead(path)) {
            ByteBuffer start = ByteBuffer.allocateDirect(ElfHeader.LENGTH);
            while (start.hasRemaining() && file.read(start) > 0) {}
            byte[] bytes = new byte[start.flip().remaining()];
            start.get(bytes);
            return bytes;
        } catch (KernelException e) {
            return new byte[0];
        }
    }

    private static InitKind init(Directory tree) {
        Optional<String> init =
                INITS.stream().filter(path -> exists(tree, path)).findFirst();
        if (init.isEmpty()) {
            return InitKind.NONE;
        }
        String program = lastName(tree, init.get());
        if (program.equals("systemd")) {
            return InitKind.SYSTEMD;
        }
        if (program.startsWith("busybox")) {
            return InitKind.BUSYBOX;
        }
        if (program.startsWith("openrc-init")) {
            return InitKind.OPENRC;
        }
        if (program.startsWith("runit")) {
            return InitKind.RUNIT;
        }
        boolean sysv = exists(tree, "etc/inittab") || exists(tree, "sbin/telinit");
        return program.equals("init") && sysv ? InitKind.SYSVINIT : InitKind.OTHER;
    }

    /** The name of what {@code path} leads to, its own links followed one by one. */
    private static String lastName(Directory tree, String path) {
        String at = path;
        for (int i = 0; i < MAX_LINKS; i++) {
            try {
                if (tree.stat(at).filter(s -> s.type() == FileType.SYMLINK).isEmpty()) {
                    break;
                }
                String target = tree.readLink(at);
                at = target.startsWith("/") ? target : at.substring(0, at.lastIndexOf('/') + 1) + target;
            } catch (KernelException e) {
                break;
            }
        }
        return at.substring(at.lastIndexOf('/') + 1);
    }

    private static boolean exists(Directory tree, String path) {
        try {
            return tree.statTarget(path).isPresent();
        } catch (KernelException e) {
            return false;
        }
    }
}
