package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SeveralContainersTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void threeContainers() {
        host.given("ct new --image busybox a", "ct new --image busybox b", "ct new --image busybox c");
    }

    @Test
    void eachOfSeveralIdsGetsALineOfItsOwn() {
        Result result = host.osctl("ct start a b c");

        assertThat(result).succeeds().mentions("a", "b", "c");
        assertThat(result.stdout().lines()).hasSize(3);
        assertThat(host.osctl("ct ls -H -o state")).prints("running\nrunning\nrunning");
    }

    @Test
    void allMeansEveryContainer() {
        assertThat(host.osctl("ct start --all")).succeeds().mentions("a", "b", "c");
        assertThat(host.osctl("ct freeze --all")).succeeds();
        assertThat(host.osctl("ct ls -H -o state")).prints("frozen\nfrozen\nfrozen");
        assertThat(host.osctl("ct unfreeze --all")).succeeds();
        assertThat(host.osctl("ct stop --kill --all")).succeeds();
        assertThat(host.osctl("ct ls -H -o state")).prints("stopped\nstopped\nstopped");
        assertThat(host.osctl("ct del --all")).succeeds();
        assertThat(host.json("ct ls")).isEmpty();
    }

    @Test
    void manyAreDeletedAtTheSameTime() {
        IntStream.range(0, 12).forEach(n -> host.given("ct new --image busybox many" + n));

        assertThat(host.osctl("ct del --all")).succeeds();
        assertThat(host.json("ct ls")).isEmpty();
    }

    @Test
    void oneThatFailsDoesNotKeepTheOthersFromStarting() {
        host.given("ct set init-cmd b /nothing");

        assertThat(host.osctl("ct start a b c")).fails(Status.WRONG_STATE).complains("b", "/nothing");

        assertThat(host.state("a")).isEqualTo("running");
        assertThat(host.state("b")).isEqualTo("stopped");
        assertThat(host.state("c")).isEqualTo("running");
    }

    @Test
    void anUnknownIdAmongSeveralIsNamedAndNothingElseIsHidden() {
        assertThat(host.osctl("ct start a nobody c")).fails(Status.NOT_FOUND).complains("nobody");
    }

    @Test
    void anIdMayNameItsPool() {
        assertThat(host.osctl("ct start tank:a")).succeeds();

        assertThat(host.state("tank:a")).isEqualTo("running");
    }

    @Test
    void listsCanBeFilteredSortedAndCutToFields() {
        host.given("ct start b");

        assertThat(host.osctl("ct ls -H -o id")).prints("a\nb\nc");
        assertThat(host.osctl("ct ls -H -o id -s -id")).prints("c\nb\na");
        assertThat(host.osctl("ct ls -H -o id -S running")).prints("b");
        assertThat(host.osctl("ct ls -H -o id a c")).prints("a\nc");
        assertThat(host.osctl("ct ls -p -H -o id,state b")).prints("b\trunning");
    }
}
