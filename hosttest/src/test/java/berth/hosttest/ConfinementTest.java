package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container's processes are confined to beside its limits: resource limits, kernel settings, capabilities, LXC's lines. */
final class ConfinementTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainer() {
        host.given("ct new --image busybox web", "ct start web");
    }

    private static String inside(String script) {
        return host.osctl(List.of("ct", "exec", "web", "sh", "-c", script))
                .stdout()
                .strip();
    }

    private static String ofInit(String limit) {
        return inside("grep '%s' /proc/1/limits".formatted(limit)).replaceAll(" +", " ");
    }

    private static void rebootInside() {
        int former = host.initPid("web");
        inside("reboot");
        host.awaitReboot("web", former);
    }

    @Test
    void filesAreLimitedAsOnAnyHostUnlessSaidOtherwise() {
        assertThat(host.json("ct prlimits ls web").get(0).get("name").asString())
                .isEqualTo("nofile");
        assertThat(host.json("ct prlimits ls web").get(0).get("hard").asInt(0)).isEqualTo(1 << 20);
        assertThat(inside("ulimit -Sn")).isEqualTo("1024");
    }

    @Test
    void aResourceLimitHoldsAtOnceForAllProcessesAndForWhatEntersAndThroughEveryRestart() {
        inside("sleep 1000 </dev/null >/dev/null 2>&1 &");
        assertThat(host.osctl("ct prlimits set web nofile 500 600")).succeeds();
        assertThat(host.osctl("ct prlimits set web core 0")).succeeds();

        assertThat(ofInit("open files")).startsWith("Max open files 500 600");
        assertThat(inside("grep 'open files' /proc/$(pidof sleep)/limits").replaceAll(" +", " "))
                .startsWith("Max open files 500 600");
        assertThat(inside("ulimit -Sn; ulimit -Hn; ulimit -Hc")).isEqualTo("500\n600\n0");

        rebootInside();
        assertThat(ofInit("open files")).startsWith("Max open files 500 600");
        assertThat(inside("ulimit -Sn")).isEqualTo("500");
        host.killDaemon();
        host.startDaemon();
        host.given("ct restart --kill web");
        assertThat(ofInit("open files")).startsWith("Max open files 500 600");
        assertThat(inside("ulimit -Hn")).isEqualTo("600");
    }

    @Test
    void whatWasSetBeforeTheStartHoldsFromItsFirstProcessOn() {
        host.given("ct stop --kill web", "ct prlimits set web fsize 4096", "ct start web");

        assertThat(ofInit("file size")).startsWith("Max file size 4096 4096");
        assertThat(inside("head -c 10000 /dev/zero >/tmp/file; wc -c </tmp/file"))
                .isEqualTo("4096");
    }

    @Test
    void aProcessThatLimitedItselfStaysLimited() {
        inside("ulimit -Sn 50; sleep 1000 </dev/null >/dev/null 2>&1 &");

        host.given("ct prlimits set web nofile 500 600");

        assertThat(inside("grep 'open files' /proc/$(pidof sleep)/limits").replaceAll(" +", " "))
                .startsWith("Max open files 50 600");
    }

    @Test
    void moreThanTheHostPermitsIsKeptAndTold() {
        long most = Long.parseLong(Host.read(Path.of("/proc/self/limits"))
                .lines()
                .filter(l -> l.startsWith("Max pending signals"))
                .findFirst()
                .orElseThrow()
                .split(" {2,}")[2]);

        Result result = host.osctl("ct prlimits set web sigpending %d".formatted(most + 1));

        assertThat(result).succeeds();
        assertThat(host.json("ct prlimits ls web").get(1).get("hard").asLong(0)).isEqualTo(most + 1);
        assertThat(host.json("ct prlimits ls web").get(1).get("effective_hard").asLong(0))
                .isBetween(most, most + 1);
        assertThat(host.osctl("ct restart --kill web")).succeeds();
    }

    @Test
    void aResourceLimitIsTakenBack() {
        host.given("ct prlimits set web core 0", "ct prlimits unset web core", "ct restart --kill web");

        assertThat(host.json("ct prlimits ls web")).hasSize(1);
        assertThat(host.osctl("ct prlimits unset web core"))
                .fails(Status.NOT_FOUND)
                .complains("core");
    }

    @ParameterizedTest
    @CsvSource({
        "files 1, there is no resource 'files'",
        "nofile -1, not a limit",
        "nofile 9 8, more than the hard one",
        "nofile 99999999999, files are more than",
        "nofile many, not a limit",
        "nofile 99999999999999999999, not a limit"
    })
    void nonsenseIsRefusedBeforeAnythingIsWritten(String words, String reason) {
        assertThat(host.osctl("ct prlimits set web -- " + words))
                .fails(Status.INVALID)
                .complains(reason);
        assertThat(host.json("ct show web").get("revision").asInt(0)).isEqualTo(1);
    }

    @Test
    void settingsOfItsNamespacesHoldAtOnceAndThroughEveryRestart() {
        String read = "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax /proc/sys/kernel/msgmax"
                + " /proc/sys/fs/mqueue/msg_max /proc/sys/kernel/domainname";
        String ofHost = host.shell(read).run().stdout();

        assertThat(host.osctl("ct set sysctl web net.ipv4.ip_forward=1 kernel.shmmax=1234567 kernel.msgmax=9000"
                        + " fs.mqueue.msg_max=11 kernel.domainname=example"))
                .succeeds()
                .complainsOfNothing();

        String wanted = "1\n1234567\n9000\n11\nexample";
        assertThat(inside(read)).isEqualTo(wanted);
        assertThat(host.shell(read).run().stdout()).isEqualTo(ofHost);
        rebootInside();
        assertThat(inside(read)).isEqualTo(wanted);
        host.killDaemon();
        host.startDaemon();
        host.given("ct restart --kill web");
        assertThat(inside(read)).isEqualTo(wanted);

        host.given("ct unset sysctl web kernel.msgmax");
        assertThat(host.json("ct show web").get("sysctls").propertyNames()).doesNotContain("kernel.msgmax");
        host.given("ct restart --kill web");
        assertThat(inside("cat /proc/sys/kernel/msgmax")).isEqualTo("8192");
    }

    @ParameterizedTest
    @CsvSource({
        "vm.swappiness=1, one for the whole host",
        "kernel.core_pattern=|/bin/sh, one for the whole host",
        "kernel.modprobe=/bin/sh, one for the whole host",
        "fs.file-max=1, one for the whole host",
        "user.max_user_namespaces=1, the host's bound holds",
        "kernel.hostname=x, set hostname",
        "net/../kernel/ostype=x, not a setting",
        "net.ipv4/../../kernel/ostype=x, not a setting",
        "net.ipv4.ip_forward=abc, does not take"
    })
    void settingsThatAreNotItsOwnAreRefused(String setting, String reason) {
        assertThat(host.osctl(List.of("ct", "set", "sysctl", "web", setting)))
                .fails(Status.INVALID)
                .complains(reason);
        assertThat(host.json("ct show web").get("revision").asInt(0)).isEqualTo(1);
    }

    @Test
    void oneOfSeveralSettingsThatTheKernelRefusesLeavesAllAsTheyWere() {
        assertThat(host.osctl("ct set sysctl web kernel.msgmax=9000 net.ipv4.ip_forward=abc"))
                .fails(Status.INVALID);

        assertThat(inside("cat /proc/sys/kernel/msgmax")).isEqualTo("8192");
        assertThat(host.json("ct show web").get("sysctls")).isEmpty();
    }

    @Test
    void aSettingThatTheKernelLacksDoesNotStopTheStart() {
        host.given("ct stop --kill web", "ct set sysctl web net.ipv4.conf.eth9.rp_filter=1");

        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.osctl("ct log cat web")).mentions("net.ipv4.conf.eth9.rp_filter is not 1");
    }

    @Test
    void droppedCapabilitiesAreGoneFromTheNextStart() {
        assertThat(host.osctl("ct set capabilities --drop CAP_CHOWN,net_raw web"))
                .succeeds()
                .complains("next start");
        assertThat(inside("touch /tmp/a; chown 1 /tmp/a && echo changed")).isEqualTo("changed");

        host.given("ct restart --kill web");

        assertThat(inside("chown 2 /tmp/a || echo refused")).endsWith("refused");
        host.given("ct unset capabilities web", "ct restart --kill web");
        assertThat(inside("chown 2 /tmp/a && echo changed")).isEqualTo("changed");
    }

    @Test
    void keptCapabilitiesAreTheOnlyOnes() {
        host.given("ct set capabilities --keep chown,kill web", "ct restart --kill web");

        assertThat(inside("grep CapBnd /proc/1/status")).endsWith("0000000000000021");
        assertThat(inside("grep CapBnd /proc/self/status")).endsWith("0000000000000021");
    }

    @ParameterizedTest
    @CsvSource({
        "--keep sys_module, no container can keep",
        "--drop cap_nonsense, there is no capability",
        "--drop chown --keep kill, either dropped or kept"
    })
    void capabilitiesThatCannotBeAreRefused(String options, String reason) {
        assertThat(host.osctl("ct set capabilities %s web".formatted(options)))
                .fails(Status.INVALID)
                .complains(reason);
    }

    @Test
    void harmlessLinesReachLxcFromTheNextStart() {
        assertThat(host.command("ct set raw lxc web")
                        .reading("# for the shop\nlxc.environment = SHOP=open\n\nlxc.no_new_privs = 1\n")
                        .run())
                .succeeds()
                .complains("next start");

        host.given("ct restart --kill web");

        assertThat(inside("tr '\\0' '\\n' </proc/1/environ")).contains("SHOP=open");
        assertThat(inside("grep NoNewPrivs /proc/1/status")).endsWith("1");
        assertThat(host.osctl("healthcheck")).succeeds().mentions("SHOP=open");
        host.given("ct unset raw lxc web", "ct restart --kill web");
        assertThat(inside("tr '\\0' '\\n' </proc/1/environ")).doesNotContain("SHOP");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lxc.idmap = u 0 0 65536",
                "lxc.rootfs.path = dir:/",
                "lxc.namespace.share.net = 1",
                "lxc.namespace.keep = net user",
                "lxc.hook.pre-start = /bin/sh -c id",
                "lxc.hook.start-host = /bin/sh -c id",
                "lxc.hook.mount = /bin/sh -c id",
                "lxc.apparmor.profile = unconfined",
                "lxc.seccomp.profile = none",
                "lxc.seccomp.profile =",
                "lxc.cap.keep = sys_admin",
                "lxc.cap.drop =",
                "lxc.cgroup.dir = ../../..",
                "lxc.cgroup2.devices.allow = a",
                "lxc.mount.entry = /etc etc none bind 0 0",
                "lxc.mount.auto = proc:rw sys:rw cgroup-full:rw",
                "lxc.autodev = 0",
                "lxc.include = /etc/passwd",
                "lxc.console.path = /dev/tty0",
                "lxc.console.logfile = /etc/passwd",
                "lxc.log.file = /etc/passwd",
                "lxc.monitor.unshare = 1",
                "lxc.execute.cmd = /bin/sh",
                "lxc.proc.oom_score_adj = -1000",
                "lxc.proc.attr/exec = x",
                "lxc.tty.dir = /../..",
                "lxc.start.auto = 1",
                "LXC.IDMAP = u 0 0 65536",
                "lxc.environment = A=b\u000blxc.idmap = u 0 0 1",
                "nonsense"
            })
    void linesThatWouldOpenTheContainerAreRefused(String line) {
        assertThat(host.command("ct set raw lxc web")
                        .reading("lxc.no_new_privs = 1\n%s\n".formatted(line))
                        .run())
                .fails(Status.INVALID);
        assertThat(host.json("ct show web").get("raw_lxc")).isEmpty();
    }

    @Test
    void aRollbackTakesAllOfItBack() {
        host.given(
                "ct prlimits set web nofile 500 20000",
                "ct set sysctl web kernel.msgmax=9000",
                "ct set sysctl web kernel.msgmax=9001",
                "ct prlimits set web nofile 700 20000",
                "ct rollback web 3");

        assertThat(ofInit("open files")).startsWith("Max open files 500 20000");
        assertThat(inside("cat /proc/sys/kernel/msgmax")).isEqualTo("9000");
    }
}
