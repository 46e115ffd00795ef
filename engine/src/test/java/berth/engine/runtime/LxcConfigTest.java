package berth.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.Instance;
import berth.engine.confinement.Confinement;
import berth.engine.isolation.RunIsolation;
import berth.engine.isolation.SeccompProfile;
import berth.linux.process.ClockOffsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LxcConfigTest {
    private static final List<Path> CGROUPS = List.of(Path.of("/sys/fs/cgroup/t"), Path.of("/sys/fs/cgroup/unified/t"));

    private static final Path STANDARD = Path.of("/run/t/seccomp/default");
    private static final RunIsolation USUAL =
            new RunIsolation(false, false, STANDARD, Optional.empty(), Optional.empty());

    @Test
    void aContainerIsAlwaysUnprivilegedAndKeptInItsCgroup() {
        assertThat(render(plan("web", "/sbin/init")))
                .contains("lxc.idmap = u 0 100000 65536\n")
                .contains("lxc.idmap = g 0 100000 65536\n")
                .contains("lxc.cgroup.relative = 1\n")
                .contains("lxc.seccomp.profile = /run/t/seccomp/default\n")
                .contains("lxc.rootfs.path = dir:/run/t/pool/tank/ct/web/rootfs\n")
                .doesNotContain("lxc.include");
    }

    @Test
    void aLineBreakCannotSmuggleASettingIn() {
        assertThatThrownBy(() -> render(plan("web\nlxc.cap.keep = sys_admin", "/sbin/init")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theHookAfterAnEndIsToldEveryCgroup() {
        assertThat(render(plan("web", "/sbin/init")))
                .contains("lxc.hook.post-stop = /bin/sh /run/t/pool/tank/ct/web/after-stop /sys/fs/cgroup/t"
                        + " /sys/fs/cgroup/unified/t\n");
    }

    @Test
    void theDaemonIsAskedBeforeEachInit() {
        assertThat(render(plan("web", "/sbin/init")))
                .contains("lxc.hook.start-host = /var/lib/t/osctl --instance t hook start-host\n");
    }

    @Test
    void mountsArriveByADirectoryOfTheContainersOwn() {
        assertThat(render(plan("web", "/sbin/init")))
                .contains("lxc.mount.entry = /run/t/mounts/tank/web dev/.berth none bind,create=dir 0 0\n");
    }

    @Test
    void whatContainersInsideNeedIsThereWithNestingAlone() {
        RunPlan nesting = plan("web", new RunIsolation(true, false, STANDARD, Optional.empty(), Optional.empty()));

        assertThat(render(plan("web", "/sbin/init")))
                .contains("lxc.mount.auto = cgroup:mixed proc:mixed sys:mixed\n")
                .doesNotContain("dev/.lxc");
        assertThat(render(nesting))
                .contains("lxc.mount.auto = cgroup:rw:force proc:mixed sys:mixed\n")
                .contains("lxc.mount.entry = proc dev/.lxc/proc proc create=dir 0 0\n")
                .contains("lxc.mount.entry = sysfs dev/.lxc/sys sysfs create=dir 0 0\n");
    }

    @Test
    void whoseRootIsReadOnlyHasPlacesInMemory() {
        RunPlan readOnly = plan("web", new RunIsolation(false, true, STANDARD, Optional.empty(), Optional.empty()));

        assertThat(render(plan("web", "/sbin/init"))).doesNotContain("tmpfs");
        assertThat(render(readOnly))
                .contains("lxc.mount.entry = tmpfs run tmpfs nosuid,nodev,mode=755,optional 0 0\n")
                .contains("lxc.mount.entry = tmpfs tmp tmpfs nosuid,nodev,mode=1777,optional 0 0\n");
    }

    @Test
    void aSystemCallFilterOfItsOwnTakesThePlaceOfTheUsualOne() {
        SeccompProfile own = new SeccompProfile("own", "2\ndenylist\nmknod errno 1\n");
        RunPlan plan = plan("web", new RunIsolation(false, false, STANDARD, Optional.of(own), Optional.empty()));

        assertThat(render(plan)).contains("lxc.seccomp.profile = /run/t/pool/tank/ct/web/seccomp\n");
    }

    @Test
    void anAppArmorProfileIsUsedWhereOneIsLoaded() {
        RunPlan plan = plan("web", new RunIsolation(false, false, STANDARD, Optional.empty(), Optional.of("lxc-t")));

        assertThat(render(plan)).contains("lxc.apparmor.profile = lxc-t\n");
        assertThat(render(plan("web", "/sbin/init"))).doesNotContain("apparmor");
    }

    @Test
    void itsClocksBeginWithIt() {
        assertThat(LxcConfig.render(plan("web", "/sbin/init"), CGROUPS, Optional.of(new ClockOffsets(-70, -75))))
                .contains("lxc.time.offset.boot = -75s\n")
                .contains("lxc.time.offset.monotonic = -70s\n");
        assertThat(render(plan("web", "/sbin/init"))).doesNotContain("lxc.time");
    }

    private static String render(RunPlan plan) {
        return LxcConfig.render(plan, CGROUPS, Optional.empty());
    }

    private static RunPlan plan(String hostname, String init) {
        return plan(hostname, USUAL, init);
    }

    private static RunPlan plan(String hostname, RunIsolation isolation) {
        return plan(hostname, isolation, "/sbin/init");
    }

    private static RunPlan plan(String hostname, RunIsolation isolation, String init) {
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
                isolation,
                HookProgram.command(Instance.of("t")),
                Path.of("/run/t/mounts/tank/web"),
                Confinement.USUAL);
    }
}
