package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a pool of driver dir. */
final class SnapshotCrashTest extends SnapshotCrashContract {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    SnapshotCrashTest() {
        super(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:make new layer", "after:make new layer"})
    void aSnapshotCutOffEarlyIsUndone(String point) {
        aSnapshotOfAStoppedContainerIsUndoneAt(point);
    }

    /** A copy on other drivers needs no layers but its own, so that there is nothing to record. */
    @ParameterizedTest
    @ValueSource(strings = {"before:record layers", "after:record layers"})
    void aCopyCutOffWhereItsLayersAreRecordedIsUndone(String point) {
        aCopyIsUndoneAt(point);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "after:take merged layer", "after:record layers", "before:end"})
    void layersWhoseMergingIsCutOffAreThereOnce(String point) {
        host.given("ct stop --kill web");
        host.letDaemonDieAt("ct-merge-layers/" + point);
        Stream.of("a", "b", "c", "d", "e", "f", "g", "h").forEach(name -> host.osctl("ct snapshot new web " + name));
        host.restartDeadDaemon();

        await("few layers")
                .atMost(Running.PATIENCE)
                .until(() -> host.json("ct show web -o layers").get("layers").asInt() <= 8);
        assertThat(host.osctl("ct start web")).succeeds();
        assertThat(host.osctl("ct exec web cat /root/file")).prints("second");
    }
}
