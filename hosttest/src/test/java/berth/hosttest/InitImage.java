package berth.hosttest;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Path archive = Checkout.artifacts().resolve("init-" + name().toLowerCase(java.util.Locale.ROOT) + ".tar");
        if (!Files.exists(archive)) {
            build(archive);
        }
        return archive;
    }

    private void build(Path archive) {
        try {
            Path script = Files.createTempFile("berth-init", ".sh");
            Files.writeString(script, customization());
            DebianImage.build(
                    archive,
                    List.of("--variant=extract", "--include=" + packages, "--customize-hook=sh " + script + " \"$1\""));
            Files.delete(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String customization() {
        return """
                set -e
                rm -rf "$1/dev" "$1/var/lib/apt" "$1/var/cache/apt"
                mkdir -p "$1/dev" "$1/proc" "$1/sys" "$1/run" "$1/root" "$1/etc" "$1/bin" "$1/etc/runlevels/default"
                [ -e "$1/bin/sh" ] || ln -s busybox "$1/bin/sh"
                echo root:x:0:0:root:/root:/bin/sh > "$1/etc/passwd"
                echo root:x:0: > "$1/etc/group"
                cat > "$1/%1$s" <<'BERTH_END'
                %2$sBERTH_END
                chmod +x "$1/%1$s"
                """.formatted(file, content.indent(0));
    }
}
