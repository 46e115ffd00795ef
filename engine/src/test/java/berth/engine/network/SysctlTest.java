package berth.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SysctlTest {
    @Test
    void aSettingIsReadWhole() {
        assertThat(Sysctl.read("ipv4/ip_default_ttl").orElseThrow()).matches("\\d{2,3}");
    }

    @Test
    void aSettingThatTheKernelDoesNotHaveIsEmpty() {
        assertThat(Sysctl.read("ipv4/no_such_setting")).isEmpty();
    }
}
