package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScrollbackTest {
    private final Scrollback scrollback = new Scrollback(5);

    @Test
    void itKeepsAllUntilItIsFull() {
        add("ab");
        add("cd");

        assertThat(kept()).isEqualTo("abcd");
    }

    @Test
    void itKeepsTheNewestInOrder() {
        add("abc");
        add("defg");

        assertThat(kept()).isEqualTo("cdefg");
    }

    @Test
    void moreThanItHoldsLeavesTheEndOfIt() {
        add("ab");
        add("0123456789");

        assertThat(kept()).isEqualTo("56789");
    }

    @Test
    void itMayBecomeExactlyFull() {
        add("abcde");

        assertThat(kept()).isEqualTo("abcde");
    }

    private void add(String text) {
        scrollback.add(text.getBytes(StandardCharsets.US_ASCII));
    }

    private String kept() {
        return new String(scrollback.bytes(), StandardCharsets.US_ASCII);
    }
}
