package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PasswdTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainer() {
        host.given("ct new --image busybox web", "ct start web");
    }

    @Test
    void aPasswordFromAPipeIsSet() {
        String before = host.osctl("ct exec web cat /etc/shadow").stdout();

        assertThat(host.command("ct passwd web root").reading("correct horse\n").run())
                .succeeds();

        assertThat(host.osctl("ct exec web cat /etc/shadow").stdout())
                .isNotEqualTo(before)
                .contains("root:$")
                .doesNotContain("correct horse");
    }

    @Test
    void aPasswordIsAskedForOnATerminalAndNotShown() {
        Screen screen = host.command("ct passwd web root").onTerminal().shows("assword");

        screen.type("battery staple\n").shows("again");
        screen.type("battery staple\n");

        assertThat(screen.result()).succeeds().doesNotMention("battery");
    }

    @Test
    void twoDifferentAnswersChangeNothing() {
        Screen screen = host.command("ct passwd web root").onTerminal().shows("assword");

        screen.type("one\n").shows("again");
        screen.type("two\n");

        assertThat(screen.result().status()).isNotZero();
        assertThat(host.osctl("ct exec web grep root /etc/shadow")).mentions("root:*:");
    }

    @Test
    void noPasswordIsTakenFromTheCommandLine() {
        assertThat(host.osctl("ct passwd web root secret-on-the-command-line")).fails(Status.USAGE);

        assertThat(host.osctl("ct exec web grep root /etc/shadow")).mentions("root:*:");
    }

    @Test
    void noPasswordIsInAnyLog() {
        assertThat(host.command("ct passwd web root").reading("xyzzy-secret\n").run())
                .succeeds();

        assertThat(host.daemon().log()).doesNotContain("xyzzy-secret");
        assertThat(host.osctl("ct log cat web")).doesNotMention("xyzzy-secret");
        assertThat(host.osctl("ct history web")).doesNotMention("xyzzy-secret");
    }

    @Test
    void anAccountThatDoesNotExistIsNamed() {
        assertThat(host.command("ct passwd web nobody-here").reading("secret\n").run())
                .fails(Status.NOT_FOUND)
                .complains("nobody-here");
    }

    @Test
    void anEmptyPasswordIsRefused() {
        assertThat(host.command("ct passwd web root").reading("\n").run().status())
                .isNotZero();
    }
}
