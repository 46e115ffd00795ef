package berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class ControlsTest {
    private static final long MIB = 1L << 20;

    private final CgroupHost host = CgroupHost.detect();
    private final Cgroup top =
            host.at("berth-controls-" + ProcessHandle.current().pid());
    private final Cgroup leaf = top.child("a/b");

    @AfterEach
    void removeAll() {
        top.delete(Duration.ofSeconds(30));
    }

    @Test
    void memoryAndSwapAreRaisedAndLoweredInAnyOrder() {
        leaf.create();

        leaf.controls().memory(OptionalLong.of(64 * MIB), OptionalLong.of(0));
        leaf.controls().memory(OptionalLong.of(128 * MIB), OptionalLong.of(64 * MIB));
        leaf.controls().memory(OptionalLong.of(32 * MIB), OptionalLong.of(0));

        assertThat(read(leaf, "memory", "memory.limit_in_bytes", "memory.max")).isEqualTo(Long.toString(32 * MIB));

        leaf.controls().memory(OptionalLong.empty(), OptionalLong.empty());
        assertThat(read(leaf, "memory", "memory.limit_in_bytes", "memory.max")).isIn("max", "9223372036854771712");
    }

    @Test
    void lessProcessorTimeThanACgroupWithinHasTakesItFromThatOne() {
        leaf.create();
        leaf.controls().cpu(OptionalLong.of(1_500_000));

        top.controls().cpu(OptionalLong.of(500_000));

        assertThat(read(top, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("50000");
        assertThat(host.isPureV2() || read(leaf, "cpu", "cpu.cfs_quota_us", "").equals("50000"))
                .isTrue();

        top.controls().cpu(OptionalLong.empty());
        leaf.controls().cpu(OptionalLong.of(1_500_000));
        assertThat(read(leaf, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("150000");
    }

    @Test
    void theSmallestShareOfAProcessorHasALongPeriod() {
        leaf.create();

        leaf.controls().cpu(OptionalLong.of(1_000));
        assertThat(read(leaf, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("1000");

        leaf.controls().cpu(OptionalLong.of(333_330));
        assertThat(read(leaf, "cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("33333");
    }

    @Test
    void processorsAreTakenFromAllCgroupsWithinAndGivenBack() {
        leaf.create();

        top.controls().cpus(Optional.of(CpuList.parse("0")));
        assertThat(read(leaf, "cpuset", "cpuset.cpus", "cpuset.cpus.effective")).isEqualTo("0");

        top.controls().cpus(Optional.empty());
        assertThat(read(leaf, "cpuset", "cpuset.cpus", "cpuset.cpus.effective")).isEqualTo(online());
    }

    @Test
    void processorsAreGivenBackToProcessesThatRun() throws IOException, InterruptedException {
        leaf.create();
        Process process = new ProcessBuilder("sleep", "1000").start();
        try {
            leaf.add((int) process.pid());
            leaf.controls().cpus(Optional.of(CpuList.parse("0")));

            leaf.controls().cpus(Optional.empty());

            assertThat(read(leaf, "cpuset", "cpuset.cpus", "cpuset.cpus.effective"))
                    .isEqualTo(online());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String online() {
        return CgroupFile.read(Path.of("/sys/devices/system/cpu/online"))
                .orElseThrow()
                .strip();
    }

    @Test
    void tasksAndWeightsAreSetAndLifted() {
        leaf.create();

        leaf.controls().pids(OptionalLong.of(10));
        leaf.controls().cpuWeight(OptionalInt.of(200));
        assertThat(read(leaf, "pids", "pids.max", "pids.max")).isEqualTo("10");
        assertThat(read(leaf, "cpu", "cpu.shares", "cpu.weight")).isIn("2048", "200");

        leaf.controls().pids(OptionalLong.empty());
        leaf.controls().cpuWeight(OptionalInt.empty());
        assertThat(read(leaf, "pids", "pids.max", "pids.max")).isEqualTo("max");
        assertThat(read(leaf, "cpu", "cpu.shares", "cpu.weight")).isIn("1024", "100");
    }

    @Test
    void whatTheKernelHasNoControlForIsNamed() {
        leaf.create();

        assertThatThrownBy(() -> leaf.controls().write("magic", "magic.max", "1"))
                .isInstanceOf(MissingControlException.class)
                .hasMessageContaining("magic");
        assertThatThrownBy(() -> leaf.controls().write("pids", "pids.least", "1"))
                .isInstanceOf(MissingControlException.class)
                .hasMessageContaining("pids.least");
    }

    private String read(Cgroup cgroup, String controller, String fileV1, String fileV2) {
        boolean v2 = cgroup.controls().version(controller).orElseThrow() == Hierarchy.Version.V2;
        return cgroup.controls()
                .read(controller, v2 ? fileV2 : fileV1)
                .orElseThrow()
                .strip();
    }
}
