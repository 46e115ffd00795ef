package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Snapshots that are taken by themselves. What is due when, and what is kept, is the matter of unit tests. */
final class SnapshotScheduleTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void aContainer() {
        host.given("ct new --image busybox web");
    }

    @AfterEach
    void noScheduleOfThePool() {
        host.given("pool snapshot schedule unset tank");
    }

    private static List<String> snapshots(String container) {
        return host.json("ct snapshot ls " + container).findValuesAsString("name");
    }

    private static void awaitSnapshots(String container, int count) {
        await("%d snapshots of %s".formatted(count, container))
                .atMost(Running.PATIENCE)
                .until(() -> snapshots(container).size(), size -> size == count);
    }

    private static JsonNode schedule(String container) {
        return host.json("ct snapshot schedule ls %s".formatted(container)).get(0);
    }

    /** Makes the snapshots of {@code container} look as if they had been taken long ago, with the daemon away. */
    private static void age(String container) {
        host.daemon().stop();
        Path record = host.pool("tank").resolve("conf/dataset/%s.yml".formatted(container));
        Host.write(record, Host.read(record).replaceAll("(at: [^0-9]*)\\d{4}-", "$12020-"));
    }

    private static void writes(String container) {
        host.given(
                "ct start " + container,
                "ct exec %s touch /root/new".formatted(container),
                "ct stop --kill " + container);
    }

    @Test
    void theFirstIsTakenAtOnceAndTheNextWhenItIsTime() {
        assertThat(host.osctl("ct snapshot schedule set --every 1d web"))
                .succeeds()
                .mentions("every 1d");
        awaitSnapshots("web", 1);

        assertThat(snapshots("web").getFirst()).startsWith("scheduled-");
        assertThat(host.json("ct snapshot show web " + snapshots("web").getFirst() + " -o all")
                        .get("origin")
                        .asString())
                .isEqualTo("scheduled");
        assertThat(schedule("web").get("from").asString()).isEqualTo("web");
        assertThat(schedule("web").get("next").asString()).contains("T00:00:00");
    }

    @Test
    void runsThatWereMissedAreCaughtUpByOneAndWhatIsNotKeptGoes() {
        host.given("ct snapshot schedule set --every 1h --keep last=1 web", "ct snapshot new web by-hand");
        awaitSnapshots("web", 2);
        String first = snapshots("web").getFirst();
        writes("web");
        age("web");
        host.startDaemon();

        await("another snapshot instead of the first")
                .atMost(Running.PATIENCE)
                .until(() -> snapshots("web"), names -> names.size() == 2 && !names.contains(first));
        assertThat(snapshots("web")).first().asString().isEqualTo("by-hand");
    }

    @Test
    void aStoppedContainerThatHasNotChangedGetsNoFurtherSnapshot() {
        host.given("ct snapshot schedule set --every 1h web");
        awaitSnapshots("web", 1);
        age("web");
        host.startDaemon();
        host.given("ct new --image busybox mail", "ct snapshot schedule set --every 1h mail");
        awaitSnapshots("mail", 1);

        assertThat(snapshots("web")).hasSize(1);
    }

    @Test
    void whatAContainerSaysCountsMoreThanItsGroupAndThatMoreThanItsPool() {
        host.given(
                "group new -p /shop/front",
                "ct new --image busybox --group /shop/front front",
                "pool snapshot schedule set --every 1d tank",
                "group snapshot schedule set --every 6h --keep last=4 /shop");

        assertThat(schedule("web").get("from").asString()).isEqualTo("pool tank");
        assertThat(schedule("front").get("from").asString()).isEqualTo("group /shop");
        assertThat(schedule("front").get("every").asString()).isEqualTo("6h");
        host.given("ct snapshot schedule set --every never front");
        assertThat(schedule("front").get("every").asString()).isEqualTo("never");
        host.given("ct snapshot schedule unset front", "group snapshot schedule unset /shop");
        assertThat(schedule("front").get("from").asString()).isEqualTo("pool tank");
    }

    @Test
    void aContainerThatFailsIsToldOfAndStopsNobodyElse() {
        host.given("ct new --image busybox bad", "ct snapshot new bad one");
        host.daemon().stop();
        Path record = host.pool("tank").resolve("conf/dataset/bad.yml");
        String content = Host.read(record);
        Host.write(record, "nonsense: [");
        host.startDaemon();

        host.given("pool snapshot schedule set --every 1h tank");
        awaitSnapshots("web", 1);

        assertThat(schedule("bad").get("problem").asString()).contains("cannot be read");
        assertThat(host.osctl("healthcheck")).mentions("scheduled snapshot failed");
        assertThat(host.osctl("ct log cat bad")).mentions("no snapshot could be taken");
        host.daemon().stop();
        assertThat(host.shell("rm %s*".formatted(record)).run()).succeeds();
        Host.write(record, content);
        host.startDaemon();
        awaitSnapshots("bad", 2);
    }

    @Test
    void aRunningContainerRunsOn() {
        host.given("ct start web");
        int init = host.initPid("web");
        host.given("ct snapshot schedule set --every 1h web");
        awaitSnapshots("web", 1);

        assertThat(host.state("web")).isEqualTo("running");
        assertThat(host.initPid("web")).isEqualTo(init);
    }

    @Test
    void nonsenseIsNotASchedule() {
        assertThat(host.osctl("ct snapshot schedule set --every 5s web"))
                .fails(Status.INVALID)
                .complains("1m");
        assertThat(host.osctl("ct snapshot schedule set --every 1h --keep often web"))
                .fails(Status.USAGE)
                .complains("last=3");
        assertThat(host.osctl("ct snapshot schedule set --every 1h --keep last=0 web"))
                .fails(Status.INVALID)
                .complains("nothing would be kept");
    }
}
