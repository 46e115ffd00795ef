package berth.engine.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeccompProfileTest {
    @TempDir
    private Path directory;

    @Test
    void theUsualFilterKeepsItsOwnRules() throws IOException {
        Instance instance = new Instance("t", directory.resolve("run"), directory.resolve("state"));
        StandardSeccomp.lay(instance);
        String text = Files.readString(StandardSeccomp.file(instance));

        assertThatCode(() -> new SeccompProfile("default", text)).doesNotThrowAnyException();
        assertThat(text).contains("finit_module errno 1", "open_by_handle_at errno 1", "bpf errno 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2\ndenylist\nmknod errno 1\n",
                "2\nallowlist errno 38\n[all]\nread\nwrite allow\n",
                "2\nblacklist\nreject_force_umount  # as LXC's own has it\n[x86_64]\nkexec_load errno 1\n",
                "2\ndenylist\n\n# a comment\nmkdir errno 28 [1,0x1ff,SCMP_CMP_EQ]\nioctl errno 1 [1,0x5412,==]\n",
                "2\ndenylist\nsetns kill [1,0,SCMP_CMP_NE] [0,3,SCMP_CMP_GE]\n",
            })
    void whatLxcUnderstandsIsTaken(String text) {
        assertThatCode(() -> new SeccompProfile("own", text)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1, version",
        "'1\nallowlist\n5\n', 1, version",
        "'{\"defaultAction\": \"SCMP_ACT_ERRNO\"}', 1, version",
        "'2\n', 2, denylist",
        "'2\nforbidden\nmknod\n', 2, denylist",
        "'2\ndenylist\nmknot errno 1\n', 3, mknot",
        "'2\ndenylist\nmknod eperm\n', 3, 'no rule'",
        "'2\ndenylist\nmknod errno 5000\n', 3, 5000",
        "'2\ndenylist\n\n mknod errno 1\n', 4, 'no rule'",
        "'2\ndenylist\nmkdir notify\n', 3, notify",
        "'2\ndenylist\n[vax]\n', 3, vax",
        "'2\ndenylist\nmkdir errno 1 [9,0,SCMP_CMP_EQ]\n', 3, '[9,0,SCMP_CMP_EQ]'",
    })
    void whatLxcWouldPassOverIsRefusedWithItsLine(String text, int line, String word) {
        assertThatThrownBy(() -> new SeccompProfile("own", text))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("'own', line " + line + ":")
                .hasMessageContaining(word);
    }

    @Test
    void aFileThatIsNoProfileAtAllIsRefused() {
        assertThatThrownBy(() -> new SeccompProfile("own", "x".repeat(SeccompProfile.LONGEST + 1)))
                .hasMessageContaining("larger than 64 KiB");
        assertThatThrownBy(() -> new SeccompProfile("", "2\ndenylist\n")).hasMessageContaining("called");
    }
}
