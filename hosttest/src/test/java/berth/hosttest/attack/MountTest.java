package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Host;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What root inside mounts, moves and unmounts changes nothing outside. */
@ParameterizedClass
@EnumSource(Kind.class)
final class MountTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;

    MountTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttacker() {
        bad = Attacker.in(host, kind, "bad");
    }

    @Test
    void aMountInsideIsSeenByNobodyElse() {
        Attacker good = Attacker.in(host, kind, "good");

        assertThat(
                        bad.asRoot(
                                "mount --make-rshared /; mkdir -p /tmp/m && mount -t tmpfs marker-bad /tmp/m && mount -t tmpfs marker-bad /dev"))
                .succeeds();

        assertThat(host.shell("cat /proc/self/mountinfo").run()).doesNotMention("marker-bad");
        assertThat(good.asRoot("cat /proc/self/mountinfo")).doesNotMention("marker-bad");
        assertThat(host.shell("cat /proc/%d/mountinfo".formatted(host.daemon().pid()))
                        .run())
                .doesNotMention("marker-bad");
    }

    @Test
    void nothingOfTheHostComesToLightWhenEverythingIsUnmounted() {
        bad.asRoot(
                "for i in 1 2 3; do awk '{ print $5 }' /proc/self/mountinfo | sort -r | while read -r m; do umount -l \"$m\"; done; done");

        assertThat(bad.asRoot("cat /etc/hostname; cat /../../../etc/hostname")).mentions("bad");
        assertThat(bad.tries("writable /proc /sys").stdout()).doesNotContain("core_pattern", "uevent_helper");
        host.given("ct restart --kill bad");
    }

    @Test
    void theDaemonWorksOnWhereTheGuestHasMountedOverEverything() {
        bad.asRoot("mkdir -p /tmp/e && for d in /etc /root /run /var /bin; do mount -t tmpfs none $d; done");

        host.given("ct set dns-resolver bad 192.0.2.1", "ct snapshot new bad one", "ct restart --kill bad");

        assertThat(host.state("bad")).isEqualTo("running");
    }

    @Test
    void aRootThatWasMovedAwayIsNotFollowed() {
        bad.asRoot("mkdir -p /tmp/new && mount -t tmpfs none /tmp/new && mkdir /tmp/new/old && cp -a /bin /tmp/new/"
                + " && cd /tmp/new && pivot_root . old");

        assertThat(host.shell("cat /proc/self/mountinfo | grep -c /tmp/new/old").run())
                .prints("0");
        host.given("ct restart --kill bad");
        assertThat(host.state("bad")).isEqualTo("running");
    }
}
