package berth.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-03-30T12:00:00Z");

    private static List<Instant> times(String... times) {
        return List.of(times).stream().map(Instant::parse).toList();
    }

    private static List<Instant> kept(Retention retention, List<Instant> made) {
        List<Instant> gone = retention.expendable(made, Function.identity(), NOW);
        return made.stream().filter(t -> !gone.contains(t)).toList();
    }

    @Test
    void theLastOnesAreKept() {
        List<Instant> made = times("2026-03-27T10:00:00Z", "2026-03-28T10:00:00Z", "2026-03-29T10:00:00Z");

        assertThat(kept(new Retention(2, 0, 0, 0, 0), made)).isEqualTo(made.subList(1, 3));
    }

    @Test
    void ofEachHourTheNewestIsKept() {
        List<Instant> made =
                times("2026-03-30T09:10:00Z", "2026-03-30T10:10:00Z", "2026-03-30T10:50:00Z", "2026-03-30T11:10:00Z");

        assertThat(kept(new Retention(0, 2, 0, 0, 0), made))
                .isEqualTo(times("2026-03-30T10:50:00Z", "2026-03-30T11:10:00Z"));
    }

    @Test
    void daysInWhichNothingWasMadeDoNotCount() {
        List<Instant> made = times("2026-01-01T10:00:00Z", "2026-02-10T10:00:00Z", "2026-03-29T10:00:00Z");

        assertThat(kept(new Retention(0, 0, 2, 0, 0), made)).isEqualTo(made.subList(1, 3));
    }

    @Test
    void weeksEndWithSundayAndMonthsWithTheirLastDay() {
        List<Instant> made =
                times("2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z", "2026-03-29T23:59:59Z", "2026-03-30T00:00:00Z");

        assertThat(kept(new Retention(0, 0, 0, 2, 0), made)).isEqualTo(made.subList(2, 4));
        assertThat(kept(new Retention(0, 0, 0, 0, 2), made)).isEqualTo(List.of(made.get(0), made.get(3)));
    }

    @Test
    void whatAnyRuleKeepsIsKept() {
        List<Instant> made = IntStream.range(0, 400)
                .mapToObj(day -> NOW.minusSeconds(86_400L * (399 - day)))
                .toList();

        assertThat(kept(new Retention(3, 0, 7, 4, 6), made)).hasSize(7 + 2 + 5);
    }

    @Test
    void theNewestIsKeptWhateverTheNumbersSay() {
        List<Instant> made = times("2026-03-29T10:00:00Z", "2026-03-30T10:00:00Z");

        assertThat(kept(new Retention(0, 0, 0, 0, 1), made)).containsExactly(made.get(1));
    }

    @Test
    void whatSeemsToBeFromTheFutureDoesNotPushOutWhatIsNot() {
        List<Instant> made =
                times("2026-03-28T10:00:00Z", "2036-01-01T10:00:00Z", "2037-01-01T10:00:00Z", "2026-03-30T10:00:00Z");

        assertThat(kept(new Retention(0, 0, 2, 0, 0), made)).isEqualTo(List.of(made.get(0), made.get(3)));
    }

    @Test
    void nothingIsNotARetention() {
        assertThatThrownBy(() -> new Retention(0, 0, 0, 0, 0))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("nothing would be kept");
        assertThatThrownBy(() -> new Retention(-1, 2, 0, 0, 0)).isInstanceOf(BerthException.class);
    }

    @Test
    void itReadsAsUsersWriteIt() {
        assertThat(new Retention(3, 0, 7, 0, 12)).hasToString("last=3,daily=7,monthly=12");
    }
}
