package berth.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.limit.EffectiveLimits.Bound;
import berth.engine.limit.EffectiveLimits.Layer;
import java.util.List;
import org.junit.jupiter.api.Test;

class EffectiveLimitsTest {
    @Test
    void theStrictestHoldsAndItIsToldWhoseItIs() {
        EffectiveLimits limits = of(
                Limits.NONE.withCpu(CpuTime.parse("300%")),
                Limits.NONE.withCpu(CpuTime.parse("100%")),
                Limits.NONE.withCpu(CpuTime.parse("200%")));

        assertThat(limits.cpu()).contains(new Bound<>(CpuTime.parse("100%"), "middle"));
        assertThat(limits.owners()).containsEntry("cpu-limit", "middle").hasSize(1);
    }

    @Test
    void whatNobodyLimitsIsUnlimited() {
        EffectiveLimits limits = of(Limits.NONE, Limits.NONE, Limits.NONE);

        assertThat(limits.memory()).isEmpty();
        assertThat(limits.cpuset()).isEmpty();
        assertThat(limits.io()).isEmpty();
        assertThat(limits.owners()).isEmpty();
    }

    @Test
    void aLimitOfMemoryAboveForbidsSwapBelow() {
        EffectiveLimits limits = of(
                Limits.NONE.withMemory(Size.parse("1G")),
                Limits.NONE,
                Limits.NONE.withMemory(Size.parse("512M")).withSwap(Size.parse("2G")));

        assertThat(limits.memory()).contains(new Bound<>(Size.parse("512M"), "inner"));
        assertThat(limits.swap()).contains(new Bound<>(new Size(0), "outer"));
    }

    @Test
    void processorsAreThoseThatAllAllow() {
        assertThat(of(cpus("0-3"), cpus("2-5"), Limits.NONE).cpuset())
                .contains(new Bound<>(Processors.parse("2-3"), "middle"));
        assertThat(of(cpus("0-3"), Limits.NONE, cpus("4")).cpuset())
                .contains(new Bound<>(Processors.parse("0-3"), "outer"));
        assertThat(of(cpus("0-1"), cpus("0-7"), Limits.NONE).cpuset())
                .contains(new Bound<>(Processors.parse("0-1"), "outer"));
    }

    @Test
    void amountsOnOneDiskAreJoinedAndOthersLeftOut() {
        EffectiveLimits limits = of(
                Limits.NONE.withIo(IoLimit.parse("read 10M/s")),
                Limits.NONE.withIo(IoLimit.parse("1M/s on /dev/sdb")),
                Limits.NONE.withIo(IoLimit.parse("50M/s")));

        assertThat(limits.io()).contains(new Bound<>(IoLimit.parse("read 10M/s, write 50M/s"), "outer and inner"));
    }

    private static Limits cpus(String text) {
        return Limits.NONE.withCpuset(Processors.parse(text));
    }

    private static EffectiveLimits of(Limits outer, Limits middle, Limits inner) {
        return EffectiveLimits.of(
                List.of(new Layer("outer", outer), new Layer("middle", middle), new Layer("inner", inner)));
    }
}
