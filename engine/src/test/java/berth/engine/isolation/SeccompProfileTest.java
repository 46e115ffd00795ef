package berth.engine.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
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
        "'2\nallowlist\nioctl [0,1,SCMP_CMP_EQ]\n', 3, 'follows what to do'",
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

    private static final Pattern CONDITION = Pattern.compile("\\[1,0x([0-9a-f]+),SCMP_CMP_MASKED_EQ,0x([0-9a-f]+)\\]");

    /** Whether a rule for {@code request}, which is an ioctl, is in {@code text}. */
    private static boolean names(String text, long request) {
        return CONDITION
                .matcher(text)
                .results()
                .anyMatch(c -> (request & Long.parseLong(c.group(2), 16)) == Long.parseLong(c.group(1), 16));
    }

    @Test
    void aListOfWhatIsDeniedDeniesSubvolumesToo() {
        SeccompProfile own = new SeccompProfile("own", "2\ndenylist\n[x86_64]\nmknod errno 1");

        assertThat(own.enforced())
                .startsWith("2\ndenylist\n[x86_64]\nmknod errno 1\n[all]\n")
                .contains("ioctl errno 25 [1,0x5000940e,SCMP_CMP_MASKED_EQ,0xffffffff]");
        assertThat(SubvolumeRules.CALLS).allMatch(call -> names(own.enforced(), call));
        assertThatCode(() -> new SeccompProfile("enforced", own.enforced())).doesNotThrowAnyException();
    }

    @Test
    void aListOfWhatIsAllowedAllowsEveryOtherRequest() {
        SeccompProfile own = new SeccompProfile("own", "2\nallowlist errno 1\nread\nioctl # all\nwrite\n");
        List<Long> others = List.of(
                0L, 0x5401L, 0x40049409L, 0xc0189436L, 0x5000940fL, 0x50009400L, 0x50009419L, 0x5000941aL, 0xffffffffL);

        assertThat(own.enforced()).contains("read\nioctl allow [1,").doesNotContain("ioctl #");
        assertThat(SubvolumeRules.CALLS).noneMatch(call -> names(own.enforced(), call));
        assertThat(others).allMatch(request -> names(own.enforced(), request));
        assertThatCode(() -> new SeccompProfile("enforced", own.enforced())).doesNotThrowAnyException();
    }

    @Test
    void requestsThatAListAllowsByNumberStayAsTheyAre() {
        String text = "2\nallowlist\nread\nioctl allow [1,0x5401,SCMP_CMP_EQ]\n";

        assertThat(new SeccompProfile("own", text).enforced()).isEqualTo(text);
    }
}
