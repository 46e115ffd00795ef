package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RpmBuilderTest {
    private static RpmBuilder builder(String release, List<String> packages, List<String> addresses) {
        return new RpmBuilder(
                RpmBuilder.Vendor.FEDORA,
                release,
                packages,
                new RpmBuilder.Sources(addresses, List.of(), Optional.empty()));
    }

    private static void assertInvalid(String release, List<String> packages, List<String> addresses) {
        assertThatThrownBy(() -> builder(release, packages, addresses))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void theHostsOwnRepositoriesDoNotCount() {
        assertThat(builder("42", List.of(), List.of()).configuration())
                .contains("reposdir=/dev/null", "metalink=https://mirrors.fedoraproject.org/");
        assertThat(builder("42", List.of("app"), List.of("https://example.org/repo"))
                        .configuration())
                .contains("baseurl=https://example.org/repo")
                .doesNotContain("metalink");
    }

    @Test
    void whatWouldBeAnOptionOrALineOfTheConfigurationIsRefused() {
        assertInvalid("--installroot=/", List.of(), List.of());
        assertInvalid("42", List.of("--setopt=x"), List.of());
        assertInvalid("42", List.of("a b"), List.of());
        assertInvalid("42", List.of("app"), List.of("https://example.org/\ngpgcheck=0"));
        assertInvalid("42", List.of("app"), List.of("ftp://example.org/"));
    }

    @Test
    void repositoriesOfOnesOwnNeedTheNamesOfPackages() {
        assertInvalid("42", List.of(), List.of("https://example.org/repo"));
    }
}
