package berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClockOffsetsTest {
    @Test
    void bothClocksBeginNow() {
        ClockOffsets offsets = ClockOffsets.toZero().orElseThrow();

        assertThat(offsets.boot()).isNegative();
        assertThat(offsets.monotonic()).isNegative().isGreaterThanOrEqualTo(offsets.boot());
    }

    @Test
    void theKernelsLinesAreRead() {
        assertThat(ClockOffsets.parse("monotonic      -36069         0\nboottime       -36070         0\n"))
                .isEqualTo(new ClockOffsets(-36069, -36070));
    }
}
