package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {
    private static final long MEGABYTE = 1_000_000;

    @Test
    void timeIsCountedInUnitsOf64Nanoseconds() {
        assertThat(new Rate(MEGABYTE).ticks(64)).isEqualTo(1000);
        assertThat(new Rate(1).ticks(1 << 30)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(longs = {125_000, 10_000_000, 125_000_000, 1_250_000_000, 12_500_000_000L})
    void whatMayBeSentAtOnceIsLittleAgainstTenSecondsOfTheRate(long bytesPerSecond) {
        Rate rate = new Rate(bytesPerSecond);

        assertThat((long) rate.burst()).isLessThan(10 * bytesPerSecond / 20);
        assertThat(rate.queue()).isGreaterThan(rate.burst());
    }

    @Test
    void aRateOfMoreThan32BitsIsWide() {
        assertThat(new Rate(0xffffffffL).isWide()).isFalse();
        assertThat(new Rate(0x100000000L).isWide()).isTrue();
    }

    @Test
    void noRateIsRefused() {
        assertThatThrownBy(() -> new Rate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TrafficShaping.limitSending(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
