package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.KernelException;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The smallest system that boots: the host's static busybox, a link for each of its programs, and its init. Root has no
 * password, so that nobody can log in on the console before one is set.
 */
public final class BusyboxBuilder extends ImageBuilder {
    private static final String PACKAGE = "busybox-static";
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final List<String> DIRECTORIES = List.of(
            "bin",
            "sbin",
            "etc",
            "etc/init.d",
            "usr",
            "usr/bin",
            "usr/sbin",
            "proc",
            "sys",
            "dev",
            "run",
            "mnt",
            "home",
            "var",
            "var/log");

    private static final String INITTAB = """
            ::sysinit:/etc/init.d/rcS
            console::respawn:/sbin/getty 0 console
            ::ctrlaltdel:/sbin/reboot
            ::restart:/sbin/init
            """;

    /** Which terminals a container has is known only inside; init reads its table again on SIGHUP. */
    private static final String RC = """
            #!/bin/sh
            [ -s /etc/hostname ] && hostname -F /etc/hostname
            ip link set lo up
            mkdir -p /run/lock
            ttys=0
            for n in 1 2 3 4; do
                if [ -c /dev/tty$n ] && ! grep -q "^tty$n:" /etc/inittab; then
                    echo "tty$n::respawn:/sbin/getty 0 tty$n" >> /etc/inittab
                    ttys=1
                fi
            done
            [ $ttys = 0 ] || kill -HUP 1
            """;

    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            daemon:x:1:1:daemon:/:/bin/false
            nobody:x:65534:65534:nobody:/:/bin/false
            """;

    private static final String GROUP = """
            root:x:0:
            daemon:x:1:
            tty:x:5:
            nogroup:x:65534:
            """;

    private static final String SHADOW = """
            root:*:19000:0:99999:7:::
            daemon:*:19000:0:99999:7:::
            nobody:*:19000:0:99999:7:::
            """;

    private static final String PROFILE = """
            export PATH=/bin:/sbin:/usr/bin:/usr/sbin
            """;

    @Override
    public String description() {
        return "busybox";
    }

    @Override
    Build start(Site site) {
        Path program = Programs.find("busybox", PACKAGE);
        site.progress().step("collecting " + program);
        byte[] content = read(program);
        Optional<ElfHeader> header = ElfHeader.of(Arrays.copyOf(content, Math.min(content.length, ElfHeader.LENGTH)));
        if (header.filter(ElfHeader::isStatic).isEmpty()) {
            throw Programs.missing("%s is not statically linked".formatted(program), PACKAGE);
        }
        ArchiveReader tree = tree(content, applets(program), version(program));
        return new Build() {
            @Override
            public ArchiveReader reader() {
                return tree;
            }

            @Override
            public void close() {}
        };
    }

    private static ArchiveReader tree(byte[] busybox, List<String> applets, String version) {
        MemoryArchive tree = new MemoryArchive().directory("", 0755);
        DIRECTORIES.forEach(path -> tree.directory(path, 0755));
        tree.directory("root", 0700).directory("tmp", 01777).directory("var/tmp", 01777);
        tree.symlink("var/run", "../run").file("bin/busybox", 0755, busybox);
        applets.stream()
                .filter(path -> !path.equals("bin/busybox"))
                .forEach(path -> tree.symlink(path, "/bin/busybox"));
        return tree.file("etc/inittab", 0644, INITTAB)
                .file("etc/init.d/rcS", 0755, RC)
                .file("etc/passwd", 0644, PASSWD)
                .file("etc/group", 0644, GROUP)
                .file("etc/shadow", 0600, SHADOW)
                .file("etc/profile", 0644, PROFILE)
                .file("etc/shells", 0644, "/bin/sh\n")
                .file("etc/hosts", 0644, "127.0.0.1 localhost\n::1 localhost\n")
                .file("etc/os-release", 0644, """
                        ID=busybox
                        NAME="BusyBox"
                        PRETTY_NAME="BusyBox %s"
                        VERSION_ID=%s
                        """.formatted(version, version));
    }

    private static List<String> applets(Path program) {
        return run(program, "--list-full")
                .lines()
                .filter(path -> path.matches("(usr/)?s?bin/[\\[a-zA-Z0-9._-]+"))
                .toList();
    }

    private static String version(Path program) {
        Matcher version = Pattern.compile("BusyBox v([0-9.]+)").matcher(run(program, "--help"));
        return version.find() ? version.group(1) : "0";
    }

    private static String run(Path program, String argument) {
        try {
            Captured captured = Capture.of(
                            Command.of(program.toString(), argument).withEnvironment(Map.of("LANG", "C")))
                    .run(TIME);
            return captured.outputText() + captured.errorText();
        } catch (KernelException | TimeoutException e) {
            throw new BerthException(ErrorCode.FAILED, "%s did not run".formatted(program), null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "the build was interrupted");
        }
    }

    private static byte[] read(Path program) {
        try {
            return Files.readAllBytes(program);
        } catch (IOException e) {
            throw new BerthException(
                    ErrorCode.FAILED, "%s cannot be read: %s".formatted(program, e.getMessage()), null, e);
        }
    }
}
