package berth.hosttest;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Small systems with the inits that Debian has, made out of Debian's packages once and kept until {@code mvn clean}. */
enum InitImage {
    SYSVINIT("/sbin/init", "sysvinit-core,sysvinit-utils,busybox-static", """
            id:2:initdefault:
            si::sysinit:/bin/busybox touch /run/is-up
            l0:0:wait:/sbin/halt -d -f -p
            l6:6:wait:/sbin/reboot -d -f
            1:2:respawn:/bin/busybox sleep 100000
            """, "etc/inittab"),
    RUNIT("/sbin/init", "runit,runit-init,busybox-static", """
            #!/bin/busybox sh
            /bin/busybox touch /run/is-up
            exec /bin/busybox sleep 100000
            """, "etc/runit/2"),
    OPENRC("/sbin/openrc-init", "openrc,busybox-static", """
            #!/sbin/openrc-run
            start() { touch /run/is-up; }
            """, "etc/init.d/is-up");

    private final String init;
    private final String packages;
    private final String content;
    private final String file;

    InitImage(String init, String packages, String content, String file) {
        this.init = init;
        this.packages = packages;
        this.content = content;
        this.file = file;
    }

    /** The program that is process 1. */
    String init() {
        return init;
    }

    /** Waits until the init has come so far that it can be asked to end. */
    void awaitUp(Host host, String container) {
        await(this + " is up")
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec %s /bin/busybox test -e /run/is-up".formatted(container))
                                .status()
                        == 0);
    }

    /** The archive; the test is skipped if it cannot be made, for want of the program or of Debian's packages. */
    Path archive() {
        return Checkout.artifact("init-" + name().toLowerCase(java.util.Locale.ROOT) + ".tar", this::build);
    }

    private void build(Path archive) {
        try {
            Path packed = archive.resolveSibling(archive.getFileName() + ".packed");
            DebianImage.build(packed, List.of("--variant=extract", "--include=" + packages));
            Path tree = Files.createTempDirectory("berth-init");
            lay(tree);
            run("tar", "--append", "--owner=0", "--group=0", "--file=" + packed, "--directory=" + tree, ".");
            run("rm", "-rf", tree.toString());
            Files.move(packed, archive, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void lay(Path tree) throws IOException {
        for (String directory : List.of("bin", "dev", "proc", "sys", "run", "root", "etc", "etc/runlevels/default")) {
            Files.createDirectories(tree.resolve(directory));
        }
        Files.createSymbolicLink(tree.resolve("etc/runlevels/default/is-up"), Path.of("/etc/init.d/is-up"));
        Files.createSymbolicLink(tree.resolve("bin/sh"), Path.of("busybox"));
        Files.writeString(tree.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(tree.resolve("etc/group"), "root:x:0:\n");
        Path program = tree.resolve(file);
        Files.createDirectories(requireNonNull(program.getParent()));
        Files.writeString(program, content);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void run(String... words) throws IOException {
        try {
            if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
                throw new IOException(String.join(" ", words) + " failed");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
