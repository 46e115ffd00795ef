package berth.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.cgroup.CpuList;
import org.junit.jupiter.api.Test;

class HostReserveTest {
    private static final long GIB = 1L << 30;

    private static HostReserve of(long memory, long tasks) {
        return HostReserve.of(new HostCapacity(CpuList.parse("0-1"), memory, 0, tasks));
    }

    @Test
    void aLargeHostKeepsATwentiethOfItsMemoryAndATenthOfItsTasks() {
        assertThat(of(200 * GIB, 400_000)).isEqualTo(new HostReserve(10 * GIB, 40_000));
    }

    @Test
    void aSmallHostKeepsWhatALoginAndTheDaemonNeed() {
        assertThat(of(4 * GIB, 8000)).isEqualTo(new HostReserve(GIB / 2, 1000));
    }

    @Test
    void aTinyHostStillHasMoreForItsContainersThanForItself() {
        assertThat(of(GIB, 1500)).isEqualTo(new HostReserve(GIB / 4, 750));
    }
}
