package berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.cgroup.Hierarchy.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupHostTest {
    @Test
    void hierarchiesOfBothVersionsAreFoundWithTheirControllers() {
        Stream<String> mounts = Stream.of(
                "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw",
                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
                "33 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset,clone_children",
                "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/x,name=systemd",
                "41 31 0:38 / /no/such/unified rw - cgroup2 cgroup2 rw,nsdelegate");

        assertThat(CgroupHost.hierarchies(mounts))
                .containsExactly(
                        v1("/sys/fs/cgroup/cpu,cpuacct", "cpu", "cpuacct"),
                        v1("/sys/fs/cgroup/cpuset", "cpuset"),
                        v1("/sys/fs/cgroup/systemd", "name=systemd"),
                        new Hierarchy(Path.of("/no/such/unified"), Version.V2, Set.of()));
    }

    @Test
    void aTreeMountedTwiceCountsOnceAndPartsOfOneDoNotCount() {
        Stream<String> mounts = Stream.of(
                "50 1 0:50 /part /elsewhere rw - cgroup cgroup rw,pids",
                "51 1 0:50 / /first rw - cgroup cgroup rw,pids",
                "52 1 0:50 / /second rw - cgroup cgroup rw,pids");

        assertThat(CgroupHost.hierarchies(mounts)).containsExactly(v1("/first", "pids"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "a/../b", "../a", "a/./b", "a\nb"})
    void aPathThatLeadsElsewhereIsRefused(String path) {
        CgroupHost host = CgroupHost.of(List.of(v1("/first", "pids")));

        assertThatThrownBy(() -> host.at(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMachineWithoutAnyIsRefused() {
        assertThatThrownBy(() -> CgroupHost.of(List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no cgroup tree is mounted");
    }

    private static Hierarchy v1(String root, String... controllers) {
        return new Hierarchy(Path.of(root), Version.V1, Set.of(controllers));
    }
}
