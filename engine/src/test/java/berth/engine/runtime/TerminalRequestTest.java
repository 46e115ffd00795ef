package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalRequestTest {
    @Test
    void theCommandSocketIsNamedByThePathOfTheContainer() {
        assertThat(TerminalRequest.socket("/run/osctl/pool/tank/ct/web", "/command"))
                .isEqualTo("/run/osctl/pool/tank/ct/web/command");
    }

    @Test
    void aPathThatIsTooLongForASocketIsHashedAsLxcDoes() {
        assertThat(TerminalRequest.socket("/run/rv/pool/tank/ct/" + "x".repeat(100), "/command"))
                .isEqualTo("lxc/da339d63377d344b/command");
    }
}
