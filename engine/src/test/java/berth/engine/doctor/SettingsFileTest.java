package berth.engine.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsFileTest {
    @TempDir
    Path directory;

    private Path raise(Map<String, Long> values) {
        Path file = directory.resolve("sysctl.d/60-osctl.conf");
        new SettingsFile(file).raise(values);
        return file;
    }

    @Test
    void aNewFileSaysWhoMadeIt() {
        assertThat(raise(Map.of("kernel.pty.max", 65_536L)))
                .content()
                .startsWith("# Raised by 'osctl doctor --fix'")
                .endsWith("\nkernel.pty.max = 65536\n");
    }

    @Test
    void itIsRaisedInItsPlaceAndWhatElseIsThereStays() throws IOException {
        Path file = raise(Map.of("kernel.pty.max", 5000L));
        Files.writeString(file, Files.readString(file) + "vm.swappiness=1\n-fs.file-max = 9000000\n");

        raise(Map.of("kernel.pty.max", 65_536L, "fs.file-max", 100L));

        assertThat(file)
                .content()
                .contains("vm.swappiness=1\n", "kernel.pty.max = 65536\n", "fs.file-max = 9000000\n")
                .doesNotContain("5000\n");
    }
}
