package berth.hosttest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a pool of driver zfs. */
@Tag("machine")
final class ZfsSnapshotCrashTest extends SnapshotCrashContract {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnZfs();

    ZfsSnapshotCrashTest() {
        super(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:begin", "before:copy changes", "after:copy changes"})
    void aSnapshotCutOffEarlyIsUndone(String point) {
        aSnapshotOfAStoppedContainerIsUndoneAt(point);
    }
}
