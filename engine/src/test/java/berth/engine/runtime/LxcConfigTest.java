package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.Instance;
import berth.engine.confinement.Confinement;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LxcConfigTest {
    private static final List<Path> CGROUPS = List.of(Path.of("/sys/fs/cgroup/t"), Path.of("/sys/fs/cgroup/unified/t"));

    @Test
    void aContainerIsAlwaysUnprivilegedAndKeptInItsCgroup() {
        assertThat(LxcConfig.render(plan("web", "/sbin/init"), CGROUPS))
                .contains("lxc.idmap = u 0 100000 65536\n")
                .contains("lxc.idmap = g 0 100000 65536\n")
                .contains("lxc.cgroup.relative = 1\n")
                .contains("lxc.seccomp.profile = /run/t/seccomp/default\n")
                .contains("lxc.rootfs.path = dir:/run/t/pool/tank/ct/web/rootfs\n")
                .doesNotContain("lxc.include");
    }

    @Test
    void aLineBreakCannotSmuggleASettingIn() {
        assertThatThrownBy(() -> LxcConfig.render(plan("web\nlxc.cap.keep = sys_admin", "/sbin/init"), CGROUPS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theHookBeforeAStartIsToldEveryCgroup() {
        assertThat(LxcConfig.render(plan("web", "/sbin/init"), CGROUPS))
                .contains("lxc.hook.pre-start = /bin/sh /run/t/pool/tank/ct/web/before-start /sys/fs/cgroup/t"
                        + " /sys/fs/cgroup/unified/t\n");
    }

    @Test
    void theDaemonIsAskedBeforeEachInit() {
        assertThat(LxcConfig.render(plan("web", "/sbin/init"), CGROUPS))
                .contains("lxc.hook.start-host = /var/lib/t/osctl --instance t hook start-host\n");
    }

    @Test
    void lxcfsIsUsedWhereItRuns() {
        RunPlan without = plan("web", "/sbin/init");
        RunPlan with = new RunPlan(
                without.name(),
                without.paths(),
                without.uid(),
                without.idmap(),
                without.cgroup(),
                without.hostname(),
                without.arch(),
                without.init(),
                without.lxcLog(),
                without.consoleLog(),
                without.seccompProfile(),
                without.startHost(),
                without.confinement(),
                Optional.of(Path.of("/var/lib/lxcfs")));

        assertThat(LxcConfig.render(without, CGROUPS)).doesNotContain("lxcfs");
        assertThat(LxcConfig.render(with, CGROUPS))
                .contains("lxc.mount.entry = /var/lib/lxcfs/proc/meminfo proc/meminfo none bind,optional 0 0\n");
    }

    private static RunPlan plan(String hostname, String... init) {
        return new RunPlan(
                "web",
                new RunDirectory(Path.of("/run/t/pool/tank/ct"), "web"),
                65536,
                List.of("u 0 100000 65536", "g 0 100000 65536"),
                "t/pool.tank/group.default/user.web/ct.web",
                hostname,
                "amd64",
                List.of(init),
                Path.of("/p/web.lxc.log"),
                Path.of("/p/web.console.log"),
                Path.of("/run/t/seccomp/default"),
                HookProgram.command(Instance.of("t")),
                Confinement.USUAL,
                Optional.empty());
    }
}
