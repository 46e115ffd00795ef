package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class GroupTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @Test
    void twoGroupsAreThereFromTheBeginning() {
        assertThat(host.osctl("group ls -H -o name")).succeeds().prints("/\n/default");
    }

    @Test
    void theTreeShowsGroupsBeneathTheirParents() {
        host.given("group new /web", "group new /web/front");

        assertThat(host.osctl("group tree tank")).succeeds().mentions("web", "front", "default");
    }

    @Test
    void aContainerRunsInTheCgroupOfItsGroup() {
        host.given(
                "group new /web",
                "group new /web/front",
                "ct new --image busybox --group /web/front shop",
                "ct start shop");

        String cgroups = Host.read(Path.of("/proc/" + host.initPid("shop") + "/cgroup"));

        assertThat(cgroups)
                .contains("/%s/pool.tank/group.web/group.front/".formatted(host.instance()))
                .contains("/ct.shop/");
    }

    @Test
    void aGroupWithoutItsParentIsRefusedUnlessParentsAreWanted() {
        assertThat(host.osctl("group new /a/b/c")).fails(Status.NOT_FOUND).complains("/a");

        assertThat(host.osctl("group new -p /a/b/c")).succeeds();
        assertThat(host.osctl("group ls -H -o name")).mentions("/a\n", "/a/b\n", "/a/b/c");
    }

    @Test
    void aGroupWithGroupsBeneathIsNotDeleted() {
        host.given("group new /web", "group new /web/front");

        assertThat(host.osctl("group del /web")).fails(Status.IN_USE).complains("/web", "front");
    }

    @Test
    void aGroupWithContainersIsNotDeleted() {
        host.given("group new /web", "ct new --image busybox --group /web shop");

        assertThat(host.osctl("group del /web")).fails(Status.IN_USE).complains("/web", "shop");
    }

    @Test
    void theContainerCannotWriteItsOwnLimits() {
        host.given("ct new --image busybox web", "ct start web");

        assertThat(host.osctl(
                                "ct exec web sh -c 'echo 1 > /sys/fs/cgroup/pids/pids.max || echo 1 > /sys/fs/cgroup/pids.max'")
                        .status())
                .isNotZero();
    }
}
