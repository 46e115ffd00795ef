package berth.engine.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import berth.engine.Instance;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppArmorTest {
    private static final Path PARSER = Path.of("/usr/sbin/apparmor_parser");
    private static final Isolation NESTING = Isolation.USUAL.withNesting(true);

    @TempDir
    private Path directory;

    private Instance instance;
    private Path enabled;

    @BeforeEach
    void aKernelThatHasIt() throws IOException {
        instance = new Instance("t", directory.resolve("run"), directory.resolve("state"));
        enabled = Files.writeString(directory.resolve("enabled"), "Y\n");
    }

    /** A parser that keeps its arguments and ends with {@code status}. */
    private Path parser(int status) throws IOException {
        Path script = directory.resolve("parser");
        Files.writeString(
                script,
                "#!/bin/sh\necho \"$@\" >%s/arguments\necho cannot >&2\nexit %d\n".formatted(directory, status));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void theParserTakesTheProfiles() throws Exception {
        assumeTrue(Files.isExecutable(PARSER), "apparmor_parser is not installed");
        Path file = Files.writeString(directory.resolve("profiles"), AppArmorProfiles.text(instance));

        Captured result = Capture.of(
                        Command.of(PARSER.toString(), "--skip-kernel-load", "--skip-cache", "--names", file.toString()))
                .run(Duration.ofSeconds(60));
        Captured compiled = Capture.of(
                        Command.of(PARSER.toString(), "--skip-kernel-load", "--skip-cache", file.toString()))
                .run(Duration.ofSeconds(60));

        assertThat(result.outputText().lines())
                .containsExactlyInAnyOrder(
                        "lxc-berth.t.default",
                        "lxc-berth.t.nesting",
                        "lxc-berth.t.default.read-only",
                        "lxc-berth.t.nesting.read-only");
        assertThat(compiled.errorText()).doesNotContainIgnoringCase("error", "warning");
        assertThat(compiled.status().isSuccess()).isTrue();
    }

    @Test
    void containersHaveTheProfileThatFitsThem() throws IOException {
        AppArmor apparmor = AppArmor.load(instance, Optional.of(parser(0)), enabled);

        assertThat(apparmor.profile(Isolation.USUAL)).contains("lxc-berth.t.default");
        assertThat(apparmor.profile(NESTING)).contains("lxc-berth.t.nesting");
        assertThat(apparmor.profile(NESTING.withReadOnlyRoot(true))).contains("lxc-berth.t.nesting.read-only");
        assertThat(apparmor.describe(NESTING)).isEqualTo("lxc-berth.t.nesting");
        assertThat(directory.resolve("arguments"))
                .content()
                .contains("--replace", "--write-cache", directory + "/state/apparmor/profiles");
    }

    @Test
    void whatCannotBeLoadedIsLeftToLxc() throws IOException {
        AppArmor apparmor = AppArmor.load(instance, Optional.of(parser(1)), enabled);

        assertThat(apparmor.profile(Isolation.USUAL)).isEmpty();
        assertThat(apparmor.describe(Isolation.USUAL)).contains("LXC's own");
        assertThat(AppArmor.load(instance, Optional.empty(), enabled).profile(NESTING))
                .isEmpty();
    }

    @Test
    void aKernelWithoutItIsNamed() throws IOException {
        AppArmor apparmor = AppArmor.load(instance, Optional.of(parser(0)), directory.resolve("missing"));

        assertThat(apparmor.profile(Isolation.USUAL)).isEmpty();
        assertThat(apparmor.describe(Isolation.USUAL)).contains("kernel has no AppArmor");
        assertThat(directory.resolve("arguments")).doesNotExist();
    }
}
