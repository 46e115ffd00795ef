package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which devices containers may use. */
final class DeviceTest {
    private static final String LOOP = "block 7 0";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeAll
    static void aLoopDevice() {
        LoopDevice.appear(host);
    }

    private static void running() {
        host.given("group new /web", "ct new --image busybox --group /web shop", "ct start shop");
    }

    private static Result inside(String script) {
        return host.osctl(List.of("ct", "exec", "shop", "sh", "-c", script));
    }

    @Test
    void theUsualDevicesWorkInEveryContainer() {
        running();

        assertThat(inside("echo x >/dev/null && head -c 4 /dev/zero | wc -c && head -c 4 /dev/urandom | wc -c"))
                .succeeds()
                .prints("4\n4");
        assertThat(inside("test -c /dev/fuse && test -c /dev/net/tun && echo x >/dev/ptmx"))
                .succeeds();
    }

    @Test
    void aDeviceIsAddedAtOnceAndStaysThroughEveryRestart() {
        running();
        assertThat(inside("test -e /dev/disk0")).exits(1);

        host.given("ct devices add -p shop %s r /dev/disk0".formatted(LOOP));
        assertThat(inside(": </dev/disk0")).succeeds();
        assertThat(inside(": >/dev/disk0").status()).isNotZero();

        host.killDaemon();
        host.startDaemon();
        assertThat(inside(": </dev/disk0")).succeeds();
        host.given("ct restart --kill shop");
        assertThat(inside(": </dev/disk0")).succeeds();
        int former = host.initPid("shop");
        inside("reboot");
        host.awaitReboot("shop", former);
        assertThat(inside(": </dev/disk0")).succeeds();
    }

    @Test
    void whatIsTakenAwayIsGoneAtOnce() {
        running();
        host.given("ct devices add -p shop %s r /dev/disk0".formatted(LOOP));

        assertThat(host.osctl("group devices del -r / " + LOOP)).succeeds().mentions("shop");

        assertThat(inside("test -e /dev/disk0")).exits(1);
        assertThat(host.osctl("ct devices ls -H -o name shop").stdout()).doesNotContain("/dev/disk0");
    }

    @Test
    void whatIsForbiddenCanBeInheritedAgain() {
        running();

        host.given("ct devices chmod shop char 1 5 -");
        assertThat(inside("head -c 1 /dev/zero").status()).isNotZero();

        host.given("ct devices inherit shop char 1 5");
        assertThat(inside("head -c 1 /dev/zero | wc -c")).succeeds().prints("1");
    }

    @Test
    void aContainerHasNothingThatItsGroupLacks() {
        running();

        assertThat(host.osctl("ct devices add shop %s r".formatted(LOOP)))
                .fails(Status.INVALID)
                .complains("group /", "block 7:0", "--parents");

        host.given("group devices add -p /web %s r".formatted(LOOP));
        assertThat(host.osctl("ct devices add shop %s rw".formatted(LOOP))).fails(Status.EXISTS);
        assertThat(host.osctl("ct devices chmod shop %s rw".formatted(LOOP))).fails(Status.INVALID);
        host.given("group devices del -r / " + LOOP);
    }

    @Test
    void whoHasADeviceByItselfIsNamedBeforeItIsTakenAway() {
        running();
        host.given("ct devices add -p shop %s r".formatted(LOOP));

        assertThat(host.osctl("group devices del /web " + LOOP))
                .fails(Status.IN_USE)
                .complains("shop", "--recursive");

        host.given("ct devices del shop " + LOOP, "group devices del /web " + LOOP, "group devices del -r / " + LOOP);
    }

    @Test
    void aNodeThatRootMakesInsideOpensNothing() {
        running();

        assertThat(inside("mknod /tmp/mem c 1 1 && head -c 1 /tmp/mem").status())
                .isNotZero();
        assertThat(inside("mknod /dev/mem c 1 1 && head -c 1 /dev/mem").status())
                .isNotZero();
    }

    @Test
    void aListIsReplacedAsAWhole() {
        running();

        assertThat(host.shell(
                                "echo '{\"devices\": [{\"type\": \"char\", \"major\": \"1\", \"minor\": \"8\","
                                        + " \"mode\": \"r\", \"name\": \"/dev/random\", \"inherit\": true}]}' | osctl ct devices replace shop")
                        .run())
                .succeeds();

        assertThat(inside("head -c 1 /dev/random >/dev/null")).succeeds();
        assertThat(inside(": >/dev/random").status()).isNotZero();
    }
}
