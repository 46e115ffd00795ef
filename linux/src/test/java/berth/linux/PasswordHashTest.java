package berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
    @Test
    void aHashIsOneThatEveryGuestKnowsAndHidesThePassword() {
        assertThat(PasswordHash.of("correct horse", new Random(1)))
                .matches("\\$6\\$[./0-9A-Za-z]{16}\\$[./0-9A-Za-z]{86}")
                .doesNotContain("horse");
    }

    @Test
    void thePasswordDecidesTheHashOfOneSalt() {
        String hash = PasswordHash.of("secret", new Random(1));

        assertThat(PasswordHash.of("secret", new Random(1))).isEqualTo(hash);
        assertThat(PasswordHash.of("other", new Random(1))).isNotEqualTo(hash);
    }

    @Test
    void onePasswordHasManyHashes() {
        assertThat(PasswordHash.of("secret", new Random(1))).isNotEqualTo(PasswordHash.of("secret", new Random(2)));
    }
}
