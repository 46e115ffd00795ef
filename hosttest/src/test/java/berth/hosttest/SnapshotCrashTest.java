package berth.hosttest;

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
}
