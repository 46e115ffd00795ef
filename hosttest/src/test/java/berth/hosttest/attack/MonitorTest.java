package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Host;
import berth.hosttest.Running;
import berth.hosttest.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** LXC's processes hold a container, and enter it: it can neither harm them nor leave through them. */
@ParameterizedClass
@EnumSource(Kind.class)
final class MonitorTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;

    MonitorTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttacker() {
        bad = Attacker.in(host, kind, "bad");
    }

    private static void enterOften() {
        assertThat(host.shell("for i in $(seq 60); do osctl ct exec bad true </dev/null || exit; done")
                        .run())
                .succeeds();
    }

    @Test
    void whoeverEntersHasNothingOfTheHostWithHim() {
        Running ambush = bad.begins("ambush").shows("waiting");

        enterOften();

        assertThat(ambush.output()).isEqualTo("waiting\n");
    }

    @Test
    void aProgramThatIsEnteredWithHasTheCallersStreamsAndNoMore() {
        assertThat(bad.asRoot("ls /proc/self/fd; readlink /proc/$$/cwd")).prints("0\n1\n2\n3\n/");
    }

    @Test
    void aDirectoryIsHandedToNobody() {
        assertThat(host.shell("osctl ct exec bad ls /proc/self/fd/0/ </etc").run())
                .fails(Status.INVALID)
                .complains("directory of the host");
        assertThat(host.shell("osctl ct exec bad sh -c 'ls /proc/self/fd/2/' 2</etc")
                        .run())
                .doesNotMention("passwd");
    }

    @Test
    void aProgramInPlaceOfTheShellIsRunInside() {
        bad.asRoot(
                "rm /bin/sh; printf '#!/bin/busybox sh\\nreadlink /proc/self/ns/user\\n' >/bin/sh; chmod 755 /bin/sh;"
                        + " ln -sf /proc/self/exe /bin/again");

        assertThat(host.osctl("ct exec bad /bin/again --help").stdout()).doesNotContain("lxc-attach");
        assertThat(host.osctl("ct exec bad /bin/sh").stdout().strip())
                .isNotEqualTo(
                        host.shell("readlink /proc/self/ns/user").run().stdout().strip())
                .isNotEmpty();
    }

    @Test
    void signalsReachNobodyOutside() {
        int monitor = bad.monitor();

        bad.asRoot("kill -9 -1");
        bad.asRoot("for p in $(seq 1 400) %d %d; do kill -9 $p; done"
                .formatted(monitor, host.daemon().pid()));

        assertThat(host.shell("kill -0 %d && kill -0 %d"
                                .formatted(monitor, host.daemon().pid()))
                        .run())
                .succeeds();
        assertThat(host.state("bad")).isEqualTo("running");
    }

    @Test
    void processesOutsideAreNotEvenSeen() {
        assertThat(bad.asRoot("mkdir -p /tmp/p; mount -t proc proc /tmp/p; cat /tmp/p/[0-9]*/comm"))
                .doesNotMention("lxc-start")
                .doesNotMention("java");
    }

    @Test
    void theSocketsOfMonitorsAndDaemonAreOutOfReach() {
        Attacker good = Attacker.in(host, kind, "good");

        assertThat(bad.asRoot("for n in $(seq 0 30); do /root/hostile command %s $n; /root/hostile command %s $n; done"
                        .formatted(good.commandSocket(), bad.commandSocket())))
                .printsNothing();
        assertThat(bad.asRoot("cat /proc/net/unix; find / -xdev -name '*.sock'"))
                .doesNotMention(host.instance());
        assertThat(host.state("good")).isEqualTo("running");
    }

    @Test
    void aHookThatAGuestPlantsIsRunByNobodyOutside() {
        bad.asRoot("for f in before-start config; do echo 'touch %1$s/planted' >/$f; done; mkdir -p %1$s"
                .formatted(host.scratch()));
        int former = host.initPid("bad");

        bad.asRoot("reboot");
        host.awaitReboot("bad", former);

        assertThat(host.scratch().resolve("planted")).doesNotExist();
    }
}
