package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("debian")
final class SystemdTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeAll
    static void aDebianThatIsUp() {
        assertThat(host.osctl("image import --name debian " + DebianImage.archive()))
                .succeeds();
    }

    private static void aDebianIsUp() {
        host.given("ct new --image debian deb", "ct start deb");
        await("systemd is up")
                .atMost(Running.PATIENCE)
                .until(
                        () -> host.osctl("ct exec deb systemctl is-system-running")
                                .stdout()
                                .strip(),
                        "running"::equals);
    }

    @Test
    void systemdComesUpWithoutAFailedUnitAndEndsWhenItIsAsked() {
        aDebianIsUp();

        assertThat(host.osctl("ct exec deb systemctl --failed --no-legend"))
                .succeeds()
                .printsNothing();
        assertThat(host.osctl("ct exec deb systemctl show -p User -p ActiveState systemd-journald.service"))
                .mentions("ActiveState=active");

        assertThat(host.osctl("ct stop deb")).succeeds().mentions("ended by its init");
    }

    @Test
    void systemdRebootsWhenItIsAsked() {
        aDebianIsUp();
        int init = host.initPid("deb");

        host.given("ct restart --reboot deb");

        host.awaitReboot("deb", init);
        host.given("ct stop --kill deb");
    }

    @Test
    void usersCanBeAddedAndPasswordsSet() {
        host.given("ct new --image debian deb", "ct start deb", "ct exec deb useradd -m alice");

        assertThat(host.command("ct passwd deb alice").reading("secret\n").run())
                .succeeds();

        assertThat(host.osctl("ct exec -u alice --cwd /home/alice deb pwd")).prints("/home/alice");
        assertThat(host.osctl(List.of("ct", "exec", "deb", "sh", "-c", "getent shadow alice")))
                .mentions("alice:$");
        host.given("ct stop --kill deb");
    }

    @Test
    void theHostnameIsThatOfTheContainer() {
        aDebianIsUp();

        assertThat(host.osctl("ct exec deb hostname")).prints("deb");
        assertThat(host.osctl("ct exec deb getent hosts deb").status()).isZero();
        host.given("ct stop --kill deb");
    }
}
