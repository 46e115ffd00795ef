package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeFactsTest {
    @TempDir
    Path tree;

    @BeforeEach
    void directories() throws IOException {
        Files.createDirectories(tree.resolve("sbin"));
        Files.createDirectories(tree.resolve("bin"));
        Files.createDirectories(tree.resolve("etc"));
    }

    @Test
    void theInitIsKnownByWhatItsLinksLeadTo() throws IOException {
        assertThat(facts().init()).isEqualTo(InitKind.NONE);
        assertThat(initThatLinksTo("/lib/systemd/systemd")).isEqualTo(InitKind.SYSTEMD);
        assertThat(initThatLinksTo("../bin/busybox")).isEqualTo(InitKind.BUSYBOX);
        assertThat(initThatLinksTo("openrc-init")).isEqualTo(InitKind.OPENRC);
        assertThat(initThatLinksTo("/bin/runit-init")).isEqualTo(InitKind.RUNIT);
        assertThat(initThatLinksTo("/nix/store/abc/init")).isEqualTo(InitKind.OTHER);
    }

    @Test
    void anInitOfItsOwnWithAnInittabIsSysvinit() throws IOException {
        Files.createFile(tree.resolve("sbin/init"));
        assertThat(facts().init()).isEqualTo(InitKind.OTHER);
        Files.createFile(tree.resolve("etc/inittab"));
        assertThat(facts().init()).isEqualTo(InitKind.SYSVINIT);
    }

    @Test
    void theArchitectureIsThatOfTheShell() throws IOException {
        byte[] elf = Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 1}, 200);
        elf[18] = (byte) 183;
        Files.write(tree.resolve("bin/sh"), elf);
        assertThat(facts().architecture()).isEqualTo("arm64");
    }

    @Test
    void whatOsReleaseSaysIsNotTrusted() throws IOException {
        Files.writeString(tree.resolve("etc/os-release"), "ID=$(reboot)\nVERSION_ID='3.20'\n");
        assertThat(facts().distribution()).isEqualTo("unknown");
        assertThat(facts().version()).isEqualTo("3.20");
    }

    private InitKind initThatLinksTo(String target) throws IOException {
        Path init = tree.resolve("sbin/init");
        Files.deleteIfExists(init);
        Path end = target.startsWith("/")
                ? tree.resolve(target.substring(1))
                : tree.resolve("sbin").resolve(target);
        Files.createDirectories(end.normalize().getParent());
        if (Files.notExists(end)) {
            Files.createFile(end.normalize());
        }
        Files.createSymbolicLink(init, Path.of(target));
        return facts().init();
    }

    private TreeFacts facts() {
        try (Directory directory = Directory.open(tree, Resolution.IN_ROOT)) {
            return TreeFacts.of(directory);
        }
    }
}
