package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Checkout;
import berth.hosttest.Host;
import berth.hosttest.Result;
import berth.hosttest.Words;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A user of the host without any right is in league with root inside a container. */
@ParameterizedClass
@EnumSource(Kind.class)
final class HostUserTest {
    private static final int NOBODY = 65534;

    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;

    HostUserTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttacker() {
        bad = Attacker.in(host, kind, "bad");
    }

    private static Result asUser(int uid, String script) {
        // A shell, since setpriv itself keeps capabilities until it runs a program.
        return host.program(
                        List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "sh", "-c", script))
                .run();
    }

    private Result tellsMonitor(int uid) {
        return asUser(
                uid,
                "for n in $(seq 0 30); do %s command %s $n; done"
                        .formatted(Words.quoted(List.of(program().toString())), bad.commandSocket()));
    }

    /** Where everybody may run it. */
    private static Path program() {
        Path copy = host.scratch().resolve("hostile");
        assertThat(host.shell("cp %s %s && chmod 755 %2$s".formatted(Checkout.hostile(), copy))
                        .run())
                .succeeds();
        return copy;
    }

    @Test
    void aSetuidProgramMadeInsideIsReachedByNobodyOutside() {
        bad.asRoot("chmod 755 / /root; cp /bin/busybox /root/door; chmod 4755 /root/door");
        String path = host.json("ct show bad").get("rootfs").asString() + "/root/door";
        assertThat(host.shell("test -u " + path).run()).succeeds();

        assertThat(asUser(NOBODY, path + " busybox id").status()).isNotZero();
        assertThat(asUser(NOBODY, "%s/ct/bad/upper/root/door id".formatted(host.pool("tank")))
                        .status())
                .isNotZero();
        assertThat(asUser(NOBODY, "cat /proc/%d/root/root/door".formatted(host.initPid("bad")))
                        .status())
                .isNotZero();
    }

    @Test
    void whatASnapshotShowsOnTheHostIsReachedByNobodyElse() {
        bad.asRoot("chmod 755 / /root; cp /bin/busybox /root/door; chmod 4755 /root/door");
        host.given("ct snapshot new bad one", "ct snapshot mount bad one");

        assertThat(asUser(
                        NOBODY,
                        "find / -xdev -name door -perm -4000 2>/dev/null; find /run/%s %s -name door 2>/dev/null"
                                .formatted(host.instance(), host.scratch())))
                .printsNothing();
    }

    @Test
    void theMonitorObeysNobody() {
        assertThat(tellsMonitor(NOBODY)).printsNothing();
        assertThat(host.state("bad")).isEqualTo("running");
    }

    @Test
    void theMonitorObeysNoOtherContainersMonitor() {
        host.given("ct new --image busybox good");
        int other = host.json("user show good").get("ugid").asInt();

        assertThat(tellsMonitor(other)).printsNothing();
        assertThat(host.state("bad")).isEqualTo("running");
    }

    @Test
    void theDaemonObeysNobody() {
        Path relay = host.scratch().resolve("osctl");
        host.shell("cp -L $(command -v osctl) %s && chmod 755 %1$s".formatted(relay))
                .run();

        assertThat(asUser(NOBODY, relay + " ct stop --kill bad").status()).isNotZero();
        assertThat(host.state("bad")).isEqualTo("running");
    }

    @Test
    void programsInsideHaveNoGroupButTheirOwn() {
        assertThat(host.osctl("ct exec --user 1000 bad grep Groups: /proc/self/status"))
                .prints("Groups:");
    }
}
