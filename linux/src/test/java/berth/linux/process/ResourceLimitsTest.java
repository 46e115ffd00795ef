package berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ResourceLimitsTest {
    private Process sleeper;
    private int pid;

    @BeforeEach
    void aProcess() throws IOException {
        sleeper = new ProcessBuilder("sleep", "1000").start();
        pid = (int) sleeper.pid();
    }

    @AfterEach
    void itEnds() throws InterruptedException {
        sleeper.destroyForcibly().waitFor();
    }

    private boolean limit(long soft, long hard) {
        return ResourceLimits.change(List.of(pid), Resource.NOFILE, _ -> new ResourceLimit(soft, hard));
    }

    @Test
    void aProcessInheritsWhatItsParentHas() {
        assertThat(ResourceLimits.of(pid, Resource.STACK)).contains(ResourceLimits.own(Resource.STACK));
    }

    @Test
    void anotherProcessIsLimitedAndSaysWhetherThatIsNew() {
        assertThat(limit(50, 60)).isTrue();

        assertThat(ResourceLimits.of(pid, Resource.NOFILE)).contains(new ResourceLimit(50, 60));
        assertThat(limit(50, 60)).isFalse();
    }

    @Test
    void whatIsRaisedIsRaisedAsFarAsTheKernelPermits() {
        limit(50, 60);

        limit(55, 70);

        assertThat(ResourceLimits.of(pid, Resource.NOFILE).orElseThrow().soft()).isEqualTo(55);
        assertThat(ResourceLimits.of(pid, Resource.NOFILE).orElseThrow().hard()).isBetween(60L, 70L);
    }

    @Test
    void aProcessThatIsGoneHasNoLimits() throws InterruptedException {
        sleeper.destroyForcibly().waitFor();

        assertThat(ResourceLimits.of(pid, Resource.NOFILE)).isEmpty();
        assertThat(limit(50, 60)).isFalse();
    }

    @Test
    void noMoreIsAttainableThanTheKernelCounts() {
        ResourceLimit all = new ResourceLimit(ResourceLimit.UNLIMITED, ResourceLimit.UNLIMITED);

        assertThat(ResourceLimits.attainable(Resource.NOFILE, all).hard())
                .isLessThanOrEqualTo(ResourceLimits.mostFiles());
    }

    @Test
    void aSoftLimitAboveTheHardOneIsNone() {
        assertThatThrownBy(() -> new ResourceLimit(2, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
