package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.Instance;
import berth.engine.confinement.Confinement;
import java.nio.file.Path;
import java.util.List;
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
    void theHookAfterAnEndIsToldEveryCgroup() {
        assertThat(LxcConfig.render(plan("web", "/sbin/init"), CGROUPS))
                .contains("lxc.hook.post-stop = /bin/sh /run/t/pool/tank/ct/web/after-stop /sys/fs/cgroup/t"
                        + " /sys/fs/cgroup/unified/t\n");
    }

    @Test
    void theDaemonIsAskedBeforeEachInit() {
        assertThat(LxcConfig.render(plan("web", "/sbin/init"), CGROUPS))
                .contains("lxc.hook.start-host = /var/lib/t/osctl --instance t hook start-host\n");
    }

    @Test
    void mountsArriveByADirectoryOfTheContainersOwn() {
        assertThat(LxcConfig.render(plan("web", "/sbin/init"), CGROUPS))
                .contains("lxc.mount.entry = /run/t/mounts/tank/web dev/.berth none bind,create=dir 0 0\n");
    }

    private static RunPlan plan(String hostname, String... init) {
        return new RunPlan(
                "web",
                new RunDirectory(Path.of("/run/t/pool/tank/ct"), "web", 100000),
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
                Path.of("/run/t/mounts/tank/web"),
                Confinement.USUAL);
    }
}
