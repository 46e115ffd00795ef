package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DebianBuilderTest {
    private static final AptConfiguration USUAL = AptConfiguration.of(List.of(), Map.of());
    private static final Path MMDEBSTRAP = Path.of("/usr/bin/mmdebstrap");

    @Test
    void theUsualMirrorIsLeftToMmdebstrap() {
        AptConfiguration host = AptConfiguration.of(
                List.of(
                        "# deb http://mirror.example/debian bookworm main",
                        "deb http://deb.debian.org/debian bookworm main",
                        "URIs: http://deb.debian.org/debian-security"),
                Map.of());
        assertThat(host.sources("bookworm")).isEmpty();
    }

    @Test
    void theHostsMirrorIsUsedForEveryPartOfARelease() {
        AptConfiguration host = AptConfiguration.of(
                List.of(
                        "deb [signed-by=/k.gpg] https://mirror.example/debian/ bookworm main",
                        "deb https://packages.example/other stable main"),
                Map.of());
        assertThat(host.sources("trixie"))
                .containsExactly(
                        "deb https://mirror.example/debian trixie main",
                        "deb https://mirror.example/debian trixie-updates main",
                        "deb http://security.debian.org/debian-security trixie-security main");
        assertThat(host.sources("sid")).containsExactly("deb https://mirror.example/debian sid main");
    }

    @Test
    void packagesReachMmdebstrap() {
        Sandbox.Job job = builder("bookworm", List.of("vim")).job(MMDEBSTRAP, USUAL);

        assertThat(job.arguments())
                .contains("bookworm", "-")
                .noneMatch(argument -> argument.startsWith("--aptopt"))
                .anyMatch(argument -> argument.matches("--include=systemd-sysv,.*,vim"));
        assertThat(job.notes()).isEmpty();
    }

    @Test
    void aProxyReachesMmdebstrapInAFileSinceEverybodyReadsArguments() {
        AptConfiguration host =
                AptConfiguration.of(List.of(), Map.of("Acquire::http::Proxy", "http://me:secret@proxy:3142"));

        Sandbox.Job job = builder("bookworm", List.of()).job(MMDEBSTRAP, host);

        assertThat(job.arguments()).contains("--aptopt=/tmp/apt-options.conf").noneMatch(a -> a.contains("secret"));
        assertThat(job.notes())
                .containsExactly(
                        Map.entry("apt-options.conf", "Acquire::http::Proxy \"http://me:secret@proxy:3142\";\n"));
    }

    @Test
    void thePasswordOfAMirrorReachesAptInAFileAndNotTheImage() {
        Optional<String> mirror = Optional.of("https://me:p%40ss+word@mirror.example:8443/debian");

        Sandbox.Job job =
                new DebianBuilder(DebianBuilder.Vendor.DEBIAN, "trixie", List.of(), mirror).job(MMDEBSTRAP, USUAL);

        assertThat(job.arguments())
                .endsWith("deb https://mirror.example:8443/debian trixie main")
                .noneMatch(argument -> argument.contains("word"));
        assertThat(job.notes())
                .containsEntry(
                        "apt-auth.conf", "machine https://mirror.example:8443/debian login me password p@ss+word\n")
                .containsEntry("apt-options.conf", "Dir::Etc::netrc \"/tmp/apt-auth.conf\";\n");
    }

    @Test
    void aPasswordMayBeWrittenAsItIs() {
        Optional<String> mirror = Optional.of("http://me:p@ss:100%@mirror.example/debian");

        Sandbox.Job job =
                new DebianBuilder(DebianBuilder.Vendor.DEBIAN, "trixie", List.of(), mirror).job(MMDEBSTRAP, USUAL);

        assertThat(job.arguments()).endsWith("deb http://mirror.example/debian trixie main");
        assertThat(job.notes())
                .containsEntry("apt-auth.conf", "machine http://mirror.example/debian login me password p@ss:100%\n");
    }

    @Test
    void aPasswordThatAptsFileCannotHoldIsRefused() {
        DebianBuilder builder = new DebianBuilder(
                DebianBuilder.Vendor.DEBIAN,
                "trixie",
                List.of(),
                Optional.of("https://me:two%20words@mirror.example/debian"));

        assertThatThrownBy(() -> builder.job(MMDEBSTRAP, USUAL))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID))
                .hasMessageNotContaining("words");
    }

    @Test
    void thePasswordOfTheHostsMirrorIsTakenOutOfEveryLine() {
        AptConfiguration host =
                AptConfiguration.of(List.of("deb http://me:secret@mirror.example/debian bookworm main"), Map.of());

        Sandbox.Job job = builder("bookworm", List.of()).job(MMDEBSTRAP, host);

        assertThat(job.arguments())
                .contains("deb http://mirror.example/debian bookworm-updates main")
                .noneMatch(argument -> argument.contains("secret"));
        assertThat(job.notes())
                .containsEntry("apt-auth.conf", "machine http://mirror.example/debian login me password secret\n");
    }

    @Test
    void aNameThatWouldBeAnOptionIsRefused() {
        assertInvalid("--setup-hook=evil", List.of());
        assertInvalid("bookworm", List.of("vim,--x"));
        assertInvalid("bookworm", List.of("vim evil"));
    }

    @Test
    void whatMustDifferBetweenSystemsIsLeftOut() throws IOException {
        List<String> names = names(new MemoryArchive()
                .file("./etc/hostname", 0644, "builder")
                .file("./etc/machine-id", 0444, "0123456789abcdef")
                .file("./etc/apt/apt.conf.d/99mmdebstrap", 0644, "")
                .file("./etc/ssh/ssh_host_ed25519_key", 0600, "secret")
                .file("./etc/ssh/sshd_config", 0644, ""));
        assertThat(names)
                .doesNotContain("./etc/hostname", "./etc/apt/apt.conf.d/99mmdebstrap", "./etc/ssh/ssh_host_ed25519_key")
                .contains(
                        "./etc/ssh/sshd_config",
                        "etc/machine-id",
                        "etc/systemd/system/ssh.service.d/host-keys.conf",
                        "etc/systemd/system/sys-kernel-debug.mount");
    }

    @Test
    void aTreeWithoutSshGetsNothingForIt() throws IOException {
        assertThat(names(new MemoryArchive())).doesNotContain("etc/systemd/system/ssh.service.d/host-keys.conf");
        assertThat(USUAL.sources("bookworm")).isEmpty();
    }

    private static DebianBuilder builder(String release, List<String> packages) {
        return new DebianBuilder(DebianBuilder.Vendor.DEBIAN, release, packages, Optional.empty());
    }

    private static List<String> names(MemoryArchive archive) throws IOException {
        DebianTree tree = new DebianTree(archive);
        List<String> names = new ArrayList<>();
        for (var entry = tree.next(); entry.isPresent(); entry = tree.next()) {
            names.add(entry.get().name());
        }
        return names;
    }

    private static void assertInvalid(String release, List<String> packages) {
        assertThatThrownBy(() -> builder(release, packages))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }
}
