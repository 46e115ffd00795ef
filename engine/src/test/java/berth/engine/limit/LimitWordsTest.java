package berth.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.store.Yaml;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What people write for limits, and what is written back. */
class LimitWordsTest {
    @ParameterizedTest
    @CsvSource({
        "150%,150%",
        "150,150%",
        "12.5 %,12.5%",
        "33.333%,33.333%",
        "2 cpus,200%",
        "1 CPU,100%",
        "1.5 cores,150%",
        "0.1%,0.1%"
    })
    void processorTimeKeepsItsFraction(String text, String written) {
        assertThat(CpuTime.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @CsvSource({
        "1.5G,1.5G,1610612736",
        "512M,512M,536870912",
        "512 MiB,512M,536870912",
        "1048576,1M,1048576",
        "1000,1000,1000",
        "0.5k,512,512",
        "1025K,1025K,1049600",
        "100 bytes,100,100"
    })
    void sizesAreExact(String text, String written, long bytes) {
        assertThat(Size.parse(text)).hasToString(written).isEqualTo(new Size(bytes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100M/s|100M/s",
                "2000 iops|2000 iops",
                "2000iops|2000 iops",
                "read 100M/s, write 50M/s, 2000 iops|read 100M/s, write 50M/s, 2000 iops",
                "read 100M/s write 100M/s|100M/s",
                "write 10 iops|write 10 iops",
                "50 M/s on /dev/sdb|50M/s on /dev/sdb",
                "1.5MB/s, read 100 iops on /dev/disk/by-id/x-1|1.5M/s, read 100 iops on /dev/disk/by-id/x-1"
            })
    void readsAndWritesAreNamedOrMeantBoth(String text, String written) {
        IoLimit limit = IoLimit.parse(text);

        assertThat(limit).hasToString(written);
        assertThat(IoLimit.parse(limit.toString())).isEqualTo(limit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CPU_LIMIT|0",
                "CPU_LIMIT|-5%",
                "CPU_LIMIT|0.01%",
                "CPU_LIMIT|fast",
                "CPU_LIMIT|1e3",
                "MEMORY_LIMIT|0",
                "MEMORY_LIMIT|-1G",
                "MEMORY_LIMIT|1X",
                "MEMORY_LIMIT|1M",
                "MEMORY_LIMIT|99999999999999999P",
                "SWAP_LIMIT|much",
                "IO_LIMIT|100M",
                "IO_LIMIT|0 iops",
                "IO_LIMIT|1.5 iops",
                "IO_LIMIT|100M/s and more",
                "IO_LIMIT|on /dev/sda",
                "IO_LIMIT|1M/s on /dev/../etc/passwd",
                "PIDS_LIMIT|0",
                "PIDS_LIMIT|-1",
                "PIDS_LIMIT|7",
                "PIDS_LIMIT|many",
                "CPU_WEIGHT|0",
                "CPU_WEIGHT|10001",
                "IO_WEIGHT|1.5",
                "CPUSET|''",
                "CPUSET|a-b"
            })
    void nonsenseIsRefused(LimitKind kind, String text) {
        assertThatThrownBy(() -> kind.set(Limits.NONE, text)).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @EnumSource(LimitKind.class)
    void whatIsUnsetIsGone(LimitKind kind) {
        Limits some = all();

        assertThat(kind.of(some)).isPresent();
        assertThat(kind.of(kind.unset(some))).isEmpty();
    }

    @Test
    void filesSayItInTheSameWords() {
        String text = Yaml.write(all());

        assertThat(text).contains("cpu: 150%", "memory: 1.5G", "io: 100M/s", "cpuset: 0-1");
        assertThat(Yaml.read(text, Limits.class)).isEqualTo(all());
    }

    @Test
    void withoutASwapLimitALimitOfMemoryIsOneOfBoth() {
        assertThat(Limits.NONE.swapBytes()).isEmpty();
        assertThat(Limits.NONE.withMemory(Size.parse("1G")).swapBytes()).hasValue(0);
        assertThat(all().swapBytes()).hasValue(1L << 30);
    }

    @Test
    void aParameterReplacesItselfAndNoOther() {
        CgroupParameter high = new CgroupParameter(2, "memory", "memory.high", List.of("1"));
        CgroupParameter low = new CgroupParameter(2, "memory", "memory.low", List.of("1"));
        CgroupParameter higher = new CgroupParameter(2, "memory", "memory.high", List.of("2"));

        Limits limits = Limits.NONE.with(high).with(low).with(higher);

        assertThat(limits.cgparams()).containsExactly(low, higher);
        assertThat(limits.without(high).cgparams()).containsExactly(low);
    }

    @ParameterizedTest
    @CsvSource({
        "cgroup,cgroup.procs",
        "devices,devices.allow",
        "freezer,freezer.state",
        "memory,memory/../../x.y",
        "memory,tasks",
        "cpu,memory.max"
    })
    void whatIsNoParameterOfAControllerIsRefused(String subsystem, String name) {
        assertThatThrownBy(() -> new CgroupParameter(2, subsystem, name, List.of("1")))
                .isInstanceOf(BerthException.class);
    }

    private static Limits all() {
        return new Limits(
                CpuTime.parse("150%"),
                Size.parse("1.5G"),
                Size.parse("1G"),
                IoLimit.parse("100M/s"),
                100L,
                200,
                300,
                Processors.parse("0-1"),
                List.of());
    }
}
