package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitSystemTest {
    @ParameterizedTest
    @CsvSource({
        "/usr/lib/systemd/systemd, SYSTEMD",
        "/bin/busybox, BUSYBOX",
        "/usr/sbin/init, SYSVINIT",
        "/usr/sbin/openrc-init, OPENRC",
        "/usr/bin/runit, RUNIT",
        "/usr/sbin/runit-init, RUNIT",
        "/usr/bin/tini, OTHER",
        "/usr/lib/systemd/systemd (deleted), SYSTEMD",
        "/gone (deleted), OTHER"
    })
    void anInitIsKnownByItsExecutable(String executable, InitSystem expected) {
        assertThat(InitSystem.of(executable, "init")).isEqualTo(expected);
    }

    @Test
    void systemdIsAskedByTheSignalOfItsManual() {
        assertThat(InitSystem.SYSTEMD.haltSignal()).hasValue(34 + 3);
        assertThat(InitSystem.SYSTEMD.rebootSignal()).hasValue(34 + 5);
    }

    @Test
    void aShellThatIsABusyboxIsNotItsInit() {
        assertThat(InitSystem.of("/bin/busybox", "sh")).isEqualTo(InitSystem.OTHER);
    }
}
