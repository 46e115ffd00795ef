package berth.linux.sysctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SysctlsTest {
    @Test
    void aSettingIsReadWhole() {
        assertThat(Sysctls.read("kernel/ostype")).contains("Linux");
        assertThat(Long.parseLong(Sysctls.read("fs/nr_open").orElseThrow())).isGreaterThan(1);
    }

    @Test
    void oneThatTheKernelLacksIsEmpty() {
        assertThat(Sysctls.read("kernel/nonsense")).isEmpty();
        assertThat(Sysctls.read("kernel/ostype/nonsense")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"net/../kernel/ostype", "../../etc/hostname", "/etc/hostname", ".", "", "net/./core"})
    void aNameThatLeavesItsPlaceIsNone(String name) {
        assertThatThrownBy(() -> Sysctls.read(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sysctls.write(name, "x")).isInstanceOf(IllegalArgumentException.class);
    }
}
