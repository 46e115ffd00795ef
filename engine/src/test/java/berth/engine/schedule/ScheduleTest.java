package berth.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    private static final Schedule HOURLY = every(Duration.ofHours(1));

    private static Schedule every(Duration period) {
        return new Schedule(period.toSeconds(), Retention.USUAL);
    }

    private static Instant at(String time) {
        return Instant.parse(time + "Z");
    }

    @Test
    void whatWasNeverDoneIsDueAtOnce() {
        assertThat(HOURLY.isDue(List.of(), at("2026-03-29T00:30:00"))).isTrue();
    }

    @Test
    void itIsDoneOnceInEachPeriod() {
        List<Instant> done = List.of(at("2026-03-29T00:59:59"));

        assertThat(HOURLY.isDue(done, at("2026-03-29T00:59:59.5"))).isFalse();
        assertThat(HOURLY.isDue(done, at("2026-03-29T01:00:00"))).isTrue();
    }

    @Test
    void howeverManyPeriodsWereMissedItIsDoneOnce() {
        Instant back = at("2026-03-29T09:20:00");

        assertThat(HOURLY.isDue(List.of(at("2026-03-20T00:00:00")), back)).isTrue();
        assertThat(HOURLY.isDue(List.of(at("2026-03-20T00:00:00"), back), at("2026-03-29T09:59:59")))
                .isFalse();
    }

    @Test
    void daysBeginAtMidnightAndWeeksOnMonday() {
        Schedule daily = every(Duration.ofDays(1));
        Schedule weekly = every(Duration.ofDays(7));
        List<Instant> onSunday = List.of(at("2026-03-29T23:00:00"));

        assertThat(daily.next(onSunday, at("2026-03-29T23:30:00"))).contains(at("2026-03-30T00:00:00"));
        assertThat(weekly.next(onSunday, at("2026-03-29T23:30:00"))).contains(at("2026-03-30T00:00:00"));
        assertThat(weekly.isDue(List.of(at("2026-03-30T00:00:00")), at("2026-04-05T23:59:59")))
                .isFalse();
    }

    @Test
    void whatWasDoneWhileTheClockWasAheadDoesNotStopItForYears() {
        List<Instant> done = List.of(at("2026-03-29T08:10:00"), at("2036-01-01T00:00:00"));

        assertThat(HOURLY.isDue(done, at("2026-03-29T08:30:00"))).isFalse();
        assertThat(HOURLY.isDue(done, at("2026-03-29T09:00:00"))).isTrue();
    }

    @Test
    void aClockThatIsSetBackIntoAFormerPeriodMakesNothingDueTwice() {
        List<Instant> done = List.of(at("2026-03-29T08:00:01"), at("2026-03-29T09:00:01"));

        assertThat(HOURLY.isDue(done, at("2026-03-29T08:59:00"))).isFalse();
    }

    @Test
    void neverIsNeverDue() {
        assertThat(Schedule.NEVER.isDue(List.of(), at("2026-03-29T08:00:00"))).isFalse();
        assertThat(Schedule.NEVER.next(List.of(), at("2026-03-29T08:00:00"))).isEmpty();
    }

    @Test
    void aPeriodIsNeitherShorterThanAMinuteNorLongerThanAYear() {
        assertThatThrownBy(() -> every(Duration.ofSeconds(59))).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> every(Duration.ofDays(367))).isInstanceOf(BerthException.class);
    }
}
