package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The daemon dies between the steps of changes to limits, devices and what processes are confined to. Afterwards there is the old
 * or the new, and the configuration and the kernel agree which.
 */
final class SettingsCrashTest {
    private static final String LOOP = "block 7 0";
    private static final String ADD = "ct devices add web block 7 0 r /dev/disk0";
    private static final String OPENS_ANOTHER_NODE = "mknod /tmp/disk0 b 7 0; : </tmp/disk0 && echo opened";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aRunningContainerInAGroup() {
        host.given(
                "group new /shop",
                "group set pids-limit /shop 90",
                "ct new --image busybox --group /shop web",
                "ct set pids-limit web 50",
                "ct start web");
    }

    private static void dies(String failPoint, String line) {
        host.letDaemonDieAt(failPoint);
        assertThat(host.osctl(line)).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();
    }

    private static void containerHas(String pids) {
        assertThat(Cgroups.ofContainer(host, "web", "pids.max", "pids.max")).isEqualTo(pids);
        assertThat(host.json("ct show web").get("limits").get("pids-limit").asString())
                .isEqualTo(pids);
    }

    private static void groupHas(String pids) {
        assertThat(Cgroups.ofGroup(host, "/shop", "pids.max", "pids.max")).isEqualTo(pids);
        assertThat(host.json("group show /shop").get("limits").get("pids-limit").asString())
                .isEqualTo(pids);
    }

    private static String inside(String script) {
        return host.osctl(List.of("ct", "exec", "web", "sh", "-c", script))
                .stdout()
                .strip();
    }

    private static Result use(String device) {
        return host.osctl(List.of("ct", "exec", "web", "sh", "-c", ": <" + device));
    }

    @Test
    void aLimitThatWasNotWrittenYetIsTheOldOne() {
        dies("limits/before:write configuration", "ct set pids-limit web 60");

        containerHas("50");
    }

    @Test
    void aLimitThatWasWrittenHolds() {
        dies("limits/before:change cgroup", "ct set pids-limit web 60");

        containerHas("60");
    }

    @Test
    void aLimitThatTheKernelRefusedHoldsUntilItIsTakenBack() {
        dies("limits/fail:change cgroup;limits/before:take back", "ct set pids-limit web 60");

        containerHas("60");
    }

    @Test
    void aLimitThatWasTakenBackIsTheOldOne() {
        dies("limits/fail:change cgroup;limits/before:change cgroup again", "ct set pids-limit web 60");

        containerHas("50");
    }

    @Test
    void aLimitThatIsLiftedIsLiftedWithTheConfiguration() {
        dies("limits/before:change cgroup", "ct unset pids-limit web");

        assertThat(Cgroups.ofContainer(host, "web", "pids.max", "pids.max")).isEqualTo("max");
    }

    @Test
    void aGroupsLimitThatWasNotWrittenYetIsTheOldOne() {
        dies("limits/before:write configuration", "group set pids-limit /shop 80");

        groupHas("90");
    }

    @ParameterizedTest
    @ValueSource(strings = {"change cgroup", "change cgroups below"})
    void aGroupsLimitThatWasWrittenHolds(String step) {
        dies("limits/before:" + step, "group set pids-limit /shop 80");

        groupHas("80");
        containerHas("50");
    }

    @Test
    void aGroupsProcessorTimeReachesWhatIsInIt() {
        host.given("ct set cpu-limit web 80%");

        dies("limits/before:change cgroups below", "group set cpu-limit /shop 40%");

        assertThat(Cgroups.ofGroup(host, "/shop", "cpu.cfs_quota_us", "cpu.max"))
                .startsWith("40000");
        assertThat(host.json("ct show web").get("cpu_limit").asString()).contains("40");
        host.given("group unset cpu-limit /shop");
        assertThat(Cgroups.ofContainer(host, "web", "cpu.cfs_quota_us", "cpu.max"))
                .startsWith("80000");
    }

    @Test
    void aDeviceThatWasNotWrittenYetIsNotThere() {
        aLoopDevice();

        dies("devices/before:write configuration", ADD);

        assertThat(inside("ls /dev")).doesNotContain("disk0");
        assertThat(inside(OPENS_ANOTHER_NODE)).doesNotContain("opened");
        assertThat(host.osctl("ct devices ls -H -o name web")).doesNotMention("disk0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "devices/before:tell kernel",
                "devices/before:change nodes",
                "devices/fail:tell kernel;devices/before:take back"
            })
    void aDeviceThatIsWrittenIsThere(String point) {
        aLoopDevice();

        dies(point, ADD);

        assertThat(use("/dev/disk0")).succeeds();
        assertThat(host.osctl("ct devices ls -H -o name web")).mentions("disk0");
    }

    @Test
    void aDeviceThatWasTakenBackIsNotThere() {
        aLoopDevice();

        dies("devices/fail:tell kernel;devices/before:tell kernel again", ADD);

        assertThat(inside("ls /dev")).doesNotContain("disk0");
        assertThat(inside(OPENS_ANOTHER_NODE)).doesNotContain("opened");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tell kernel", "change nodes"})
    void aDeviceThatIsNoLongerWrittenIsGone(String step) {
        aLoopDevice();
        host.given(ADD);
        assertThat(use("/dev/disk0")).succeeds();

        dies("devices/before:" + step, "ct devices del web " + LOOP);

        assertThat(inside("ls /dev")).doesNotContain("disk0");
        assertThat(inside(OPENS_ANOTHER_NODE)).doesNotContain("opened");
    }

    @Test
    void aModeThatWasWrittenHolds() {
        aLoopDevice();
        host.given(ADD);

        dies("devices/before:tell kernel", "ct devices chmod web %s m".formatted(LOOP));

        assertThat(use("/dev/disk0").status()).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tell kernel", "change nodes"})
    void aGroupsDeviceThatWasWrittenReachesItsContainers(String step) {
        aLoopDevice();

        dies("devices/before:" + step, "group devices add /shop %s r /dev/disk0".formatted(LOOP));

        assertThat(use("/dev/disk0")).succeeds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:set kernel settings", "after:set kernel settings"})
    void settingsThatWereNotWrittenYetAreTheOldOnes(String point) {
        host.given("ct set sysctl web kernel.msgmax=9000");

        dies("ct-confine/" + point, "ct set sysctl web kernel.msgmax=9001 kernel.msgmnb=20000");

        assertThat(inside("cat /proc/sys/kernel/msgmax /proc/sys/kernel/msgmnb"))
                .isEqualTo("9000\n16384");
        assertThat(host.json("ct show web").get("sysctls").propertyNames()).containsExactly("kernel.msgmax");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:write configuration", "after:write configuration", "before:end"})
    void settingsThatWereAboutToBeWrittenAreTheNewOnes(String point) {
        dies("ct-confine/" + point, "ct set sysctl web kernel.msgmax=9001");

        assertThat(inside("cat /proc/sys/kernel/msgmax")).isEqualTo("9001");
        assertThat(host.json("ct show web").get("sysctls").propertyNames()).containsExactly("kernel.msgmax");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:set kernel settings"})
    void aResourceLimitThatWasNotWrittenYetIsTheOldOne(String point) {
        host.given("ct prlimits set web nofile 600 700");

        dies("ct-confine/" + point, "ct prlimits set web nofile 500 600");

        assertThat(inside("ulimit -Sn; ulimit -Hn")).isEqualTo("600\n700");
        assertThat(inside("grep 'open files' /proc/1/limits").replaceAll(" +", " "))
                .startsWith("Max open files 600 700");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"after:write configuration", "before:change resource limits", "after:change resource limits"})
    void aResourceLimitThatWasWrittenHolds(String point) {
        host.given("ct prlimits set web nofile 600 700");

        dies("ct-confine/" + point, "ct prlimits set web nofile 500 600");

        assertThat(inside("ulimit -Sn; ulimit -Hn")).isEqualTo("500\n600");
        assertThat(inside("grep 'open files' /proc/1/limits").replaceAll(" +", " "))
                .startsWith("Max open files 500 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"before:write configuration", "before:change resource limits"})
    void capabilitiesAndLinesForLxcAreWrittenWholeOrNotAtAll(String point) {
        dies("ct-confine/" + point, "ct set capabilities --keep chown,kill web");

        host.given("ct restart --kill web");
        assertThat(inside("grep CapBnd /proc/1/status")).endsWith("0000000000000021");
    }

    /** The groups have it and hand it to nobody, so that giving it to a container is one change. */
    private static void aLoopDevice() {
        LoopDevice.appear(host);
        host.given("group devices add -p --no-inherit /shop block 7 '*' rwm");
    }
}
