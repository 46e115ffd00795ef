package berth.osctld.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.osctld.server.FakeSession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts between a user's words and the engine. */
final class WordsTest {
    @ParameterizedTest
    @CsvSource({"strat,start,1", "lst,list,1", "web,web,0", "abc,xyz,3", "sotp,stop,1"})
    void mistakesAreCounted(String typed, String meant, int mistakes) {
        assertThat(Spelling.mistakes(typed, meant)).isEqualTo(mistakes);
    }

    @Test
    void aWordThatIsTooFarFromAllIsNotGuessed() {
        assertThat(Spelling.nearest("banana", List.of("start", "stop"))).isEmpty();
        assertThat(Spelling.nearest("sta", List.of("start", "set"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"30,30000", "0,0", "1.5,1500", "0.001,1"})
    void secondsMayHaveAFraction(String text, long milliseconds) {
        assertThat(Times.parse(text)).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "5s", "forever", "999999999999"})
    void otherTextsAreNoSeconds(String text) {
        assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "ubuntu-16.04-x86_64-vpsfree.tar.gz,ubuntu-16.04-x86_64-vpsfree",
        "/srv/Images/Debian.tar.zst,debian",
        "rootfs.tgz,rootfs",
        "/srv/rootfs/,rootfs",
        "x.tar,x"
    })
    void anImageIsNamedAfterItsFile(String file, String name) {
        assertThat(ImageSource.nameOf(file)).contains(name);
    }

    @Test
    void aFileWithoutANameMakesNone() {
        assertThat(ImageSource.nameOf("/")).isEmpty();
        assertThat(ImageSource.nameOf("žluť.tar")).isEmpty();
    }

    @Test
    void ctrlAqLeavesTheConsole() {
        DetachKeys detach = new DetachKeys();

        assertThat(typed(detach, "ls\r\u0001")).isEqualTo("ls\r");
        assertThat(detach.isDetached()).isFalse();
        assertThat(typed(detach, "qrm")).isEmpty();
        assertThat(detach.isDetached()).isTrue();
    }

    @Test
    void ctrlAaTypesCtrlAAndOtherKeysKeepIt() {
        DetachKeys detach = new DetachKeys();

        assertThat(typed(detach, "\u0001a\u0001x\u0001\u0001q")).isEqualTo("\u0001\u0001x\u0001q");
        assertThat(detach.isDetached()).isFalse();
    }

    private static String typed(DetachKeys detach, String keys) {
        byte[] bytes = keys.getBytes(StandardCharsets.ISO_8859_1);
        return new String(detach.filter(bytes, bytes.length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aDifferenceShowsWhatWentAndWhatCame() {
        assertThat(Lines.diff(List.of("a", "b", "c"), List.of("a", "x", "c", "d")))
                .isEqualTo("-b\n+x\n+d\n");
        assertThat(Lines.diff(List.of(), List.of("a"))).isEqualTo("+a\n");
    }

    @Test
    void aDifferenceInsideABlockShowsWhoseItIs() {
        assertThat(Lines.diff(
                        List.of("id: web", "dns:", "- a", "autostart:", "  priority: 5", "  delay: 0"),
                        List.of("id: web", "dns:", "- b", "autostart:", "  priority: 5", "  delay: 9")))
                .isEqualTo(" dns:\n-- a\n+- b\n autostart:\n-  delay: 0\n+  delay: 9\n");
    }

    @Test
    void aPasswordIsALineOfStandardInput() {
        FakeSession session = FakeSession.of("osctl").input("s3cret ž\nmore\n");

        assertThat(new PasswordPrompt(session).ask("root")).isEqualTo("s3cret ž");
    }

    @Test
    void anEmptyPasswordIsRefused() {
        FakeSession session = FakeSession.of("osctl").input("");

        assertThatThrownBy(() -> new PasswordPrompt(session).ask("root")).hasMessage("the password is empty");
    }

    @Test
    void anActorIsTheKernelsUserAndTheWholeCommandLine() {
        FakeSession session = FakeSession.of("osctl");

        var actor = Actors.of(session, "osctl ct exec", List.of("web", "echo", "it's", "", "two words"));

        assertThat(actor.user()).isEqualTo("root");
        assertThat(actor.command()).isEqualTo("ct exec web echo 'it'\\''s' '' 'two words'");
    }
}
