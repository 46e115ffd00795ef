package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlpineBuilderTest {
    private static void assertInvalid(String release, List<String> packages, String mirror) {
        try (Fd apk = Fd.openForReading(Path.of("/dev/null"))) {
            assertThatThrownBy(() -> new AlpineBuilder(apk, Optional.empty(), release, packages, Optional.of(mirror)))
                    .isInstanceOfSatisfying(
                            BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
        }
    }

    @Test
    void whatWouldBeAnOptionOrAnotherRepositoryIsRefused() {
        assertInvalid("3.22", List.of(), "https://example.org/alpine");
        assertInvalid("v3.22 --root", List.of(), "https://example.org/alpine");
        assertInvalid("v3.22", List.of("--root=/"), "https://example.org/alpine");
        assertInvalid("v3.22", List.of(), "https://example.org/alpine https://evil.example/");
    }
}
