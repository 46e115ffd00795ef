package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Berth writes into a tree that the guest owns: what the guest prepares there must never lead it astray. */
final class GuestFilesTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainer() {
        host.given("ct new --image busybox web", "ct set dns-resolver web 192.0.2.1", "ct start web");
    }

    @Test
    void theFilesBelongToTheRootOfTheContainer() {
        assertThat(host.osctl("ct exec web stat -c %u:%g /etc/hostname /etc/hosts /etc/resolv.conf"))
                .prints("0:0\n0:0\n0:0");
    }

    @Test
    void containersOfAnImageOfARunningSystemHaveMachineIdsOfTheirOwn() {
        byte[] archive = Tarball.busybox()
                .file("etc/machine-id", 0444, "0123456789abcdef0123456789abcdef\n".getBytes(StandardCharsets.US_ASCII))
                .gzip();
        host.command("image import --name cloned -").reading(archive).run();
        host.given("ct new --image cloned one", "ct new --image cloned two", "ct start one", "ct start two");

        String one = host.osctl("ct exec one cat /etc/machine-id").stdout();
        assertThat(one).hasSize(33).doesNotStartWith("0123456789abcdef");
        assertThat(host.osctl("ct exec two cat /etc/machine-id").stdout()).isNotEqualTo(one);

        host.given("ct restart --kill one");
        assertThat(host.osctl("ct exec one cat /etc/machine-id").stdout()).isEqualTo(one);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"})
    void aFileThatItsOwnerMayNotWriteIsLeftAlone(String file) {
        host.given("ct exec web sh -c 'echo mine > %s; chmod u-w %s'".formatted(file, file));

        host.given("ct set hostname web other", "ct set dns-resolver web 192.0.2.99", "ct restart --kill web");

        assertThat(host.osctl("ct exec web cat " + file)).prints("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"})
    void aLinkLeadsNowhereOnTheHost(String file) {
        Path victim = host.scratch().resolve("victim");
        Host.write(victim, "untouched");
        host.given("ct exec web ln -sf %s %s".formatted(victim, file));

        host.osctl("ct set hostname web other");
        host.osctl("ct restart --kill web");

        assertThat(Host.read(victim)).isEqualTo("untouched");
        assertThat(host.state("web")).isEqualTo("running");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ln -s /nowhere /etc", "touch /etc", "mkfifo /etc", "true"})
    void aContainerWithoutASaneEtcStillStarts(String instead) {
        host.given("ct exec web sh -c 'mv /etc /etc.away; %s'".formatted(instead));

        host.given("ct restart --kill web");

        assertThat(host.state("web")).isEqualTo("running");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkfifo", "mkdir"})
    void whatIsNoFileIsNotWaitedFor(String maker) {
        host.given("ct exec web sh -c 'rm -f /etc/hostname; %s /etc/hostname'".formatted(maker));

        host.given("ct restart --kill web");

        assertThat(host.state("web")).isEqualTo("running");
    }

    @Test
    void whatTheGuestAddedToHostsIsKept() {
        host.given("ct exec web sh -c 'echo 192.0.2.7 printer >> /etc/hosts'");

        host.given("ct set hostname web other", "ct restart --kill web");

        assertThat(host.osctl("ct exec web cat /etc/hosts")).mentions("192.0.2.7 printer", "other");
    }
}
