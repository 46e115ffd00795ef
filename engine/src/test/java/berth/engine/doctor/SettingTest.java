package berth.engine.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.doctor.Symptom.State;
import org.junit.jupiter.api.Test;

final class SettingTest {
    private static final Setting TERMINALS = Setting.ALL.stream()
            .filter(s -> s.name().equals("kernel.pty.max"))
            .findFirst()
            .orElseThrow();

    @Test
    void whatIsNeededGrowsWithTheContainers() {
        assertThat(TERMINALS.wanted(1)).isEqualTo(4096);
        assertThat(TERMINALS.wanted(1000)).isEqualTo(1_030_000);
    }

    @Test
    void nothingIsWantedThatTheKernelCannotCount() {
        assertThat(TERMINALS.wanted(1_000_000)).isEqualTo(1 << 20);
    }

    @Test
    void lessThanThatIsLow() {
        assertThat(TERMINALS.symptom(4096, 3).state()).isEqualTo(State.OK);
        assertThat(TERMINALS.symptom(4096, 1000).state()).isEqualTo(State.LOW);
        assertThat(TERMINALS.symptom(4096, 1000).advice()).contains("sysctl -w kernel.pty.max=1030000");
    }

    @Test
    void whatTheKernelHasIsRead() {
        assertThat(TERMINALS.value()).isPresent();
        assertThat(new Setting("kernel.nonsense", 1, 1, "nothing").value()).isEmpty();
    }
}
