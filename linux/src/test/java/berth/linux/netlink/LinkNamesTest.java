package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"e", "eth0", "exactly15bytes."})
    void aShortNameStays(String name) {
        assertThat(LinkNames.shortened(name)).isEqualTo(name);
    }

    @Test
    void aLongNameBecomesTheSameShortOneEachTime() {
        assertThat(LinkNames.shortened("veth-tank-web-eth0"))
                .isEqualTo("veth-tazb9qxspl")
                .hasSize(15);
    }

    @Test
    void longNamesThatDifferOnlyAtTheirEndBecomeDifferentOnes() {
        assertThat(LinkNames.shortened("veth-tank-web-eth0")).isNotEqualTo(LinkNames.shortened("veth-tank-web-eth1"));
    }

    @Test
    void bytesCountNotLetters() {
        String shortened = LinkNames.shortened("síť-číslo-jedna");

        assertThat(LinkNames.isName("síť-číslo-jedna")).isFalse();
        assertThat(LinkNames.isName(shortened)).isTrue();
        assertThat(shortened).startsWith("s-slo-j").hasSize(15);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "a:b", "a\tb", "eth%d"})
    void whatTheKernelRefusesIsRefused(String name) {
        assertThat(LinkNames.isName(name)).isFalse();
        assertThat(LinkNames.isAltName(name)).isFalse();
        assertThatThrownBy(() -> LinkNames.shortened(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NewLink.named(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thereIsALongestName() {
        assertThat(LinkNames.isName("x".repeat(15))).isTrue();
        assertThat(LinkNames.isName("x".repeat(16))).isFalse();
        assertThat(LinkNames.isAltName("x".repeat(127))).isTrue();
        assertThat(LinkNames.isAltName("x".repeat(128))).isFalse();
    }
}
