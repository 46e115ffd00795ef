package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerCgroupTest {
    private static final String WEB = "t/pool.tank/group.default/user.u/ct.web";

    @Test
    void aMonitorsCgroupTellsItsContainer() {
        assertThat(ContainerCgroup.ofMonitor("t", ContainerCgroup.monitor(WEB)))
                .isEqualTo(Optional.of(new ContainerCgroup.Place("tank", "web", WEB)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                WEB,
                WEB + "/delegated",
                WEB + "/delegated/payload",
                WEB + "/delegated/entry",
                WEB + "/delegated/monitor/below",
                WEB + "/delegated/payload/ct.other/delegated/monitor",
                "other/pool.tank/group.default/user.u/ct.web/delegated/monitor",
                "t/pool.tank/delegated/monitor",
                "t/delegated/monitor",
                "delegated/monitor",
                "monitor",
                ""
            })
    void noOtherCgroupDoes(String path) {
        assertThat(ContainerCgroup.ofMonitor("t", path)).isEmpty();
    }
}
