package berth.osctld.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class AllowanceTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Allowance allowance = new Allowance(2, Duration.ofMinutes(1), now::get);

    @Test
    void itRunsOutAndComesBackWithTheNextPeriod() {
        assertThat(allowance.take()).isTrue();
        now.set(Instant.EPOCH.plusSeconds(59));
        assertThat(allowance.take()).isTrue();
        assertThat(allowance.take()).isFalse();

        now.set(Instant.EPOCH.plusSeconds(60));
        assertThat(allowance.take()).isTrue();
        assertThat(allowance.take()).isTrue();
        assertThat(allowance.take()).isFalse();
    }
}
