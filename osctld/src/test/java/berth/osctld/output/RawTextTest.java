package berth.osctld.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class RawTextTest {
    @RepeatedTest(50)
    void everyBytesComeBackAsTheyWere(RepetitionInfo repetition) {
        byte[] bytes = new byte[200];
        new Random(repetition.getCurrentRepetition()).nextBytes(bytes);

        assertThat(RawText.encode(RawText.decode(bytes))).isEqualTo(bytes);
    }

    @Test
    void validTextIsItself() {
        String text = "žluťoučký 🐎 €";

        assertThat(RawText.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
        assertThat(RawText.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void encodedSurrogatesAreBytesLikeAnyOther() {
        byte[] bytes = {(byte) 0xED, (byte) 0xB2, (byte) 0x80, 'a'};

        assertThat(RawText.encode(RawText.decode(bytes))).isEqualTo(bytes);
    }

    @Test
    void aCutCharacterAtTheEndComesBack() {
        byte[] bytes = {'a', (byte) 0xE2, (byte) 0x82};

        assertThat(RawText.encode(RawText.decode(bytes))).isEqualTo(bytes);
    }

    @Test
    void controlCharactersDoNotReachATerminal() {
        assertThat(RawText.printable("a\033[2Jb\nc\u009b1m")).isEqualTo("a?[2Jb?c?1m");
        assertThat(RawText.printable("quiet")).isEqualTo("quiet");
    }

    @Test
    void linesAndTabsOfALongerTextStay() {
        assertThat(RawText.printableLines("a\tb\r\r\nc\033]0;title\007\n\nd")).isEqualTo("a\tb\nc?]0;title?\n\nd\n");
    }
}
