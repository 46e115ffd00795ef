package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two instances on one host, which know of each other only by the host's accounts. */
final class NeighbourTest {
    private static final int USERS = 20;

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @RegisterExtension
    static final Host neighbour = Host.withBusybox();

    /** Each user has the ids that it is to have, and an account whose id is anybody's choice. */
    private static Running users(Host host, long firstId) {
        return host.shell(
                        "for i in $(seq %d); do osctl user new --offset $((%d + i * 65536)) --size 65536 u$i || exit; done"
                                .formatted(USERS, firstId))
                .start();
    }

    @Test
    void bothMakeUsersAtTheSameTime() {
        long firstId = 1_000_000_000L + 65_536L * new Random().nextInt(10_000);
        Running here = users(host, firstId);
        Running there = users(neighbour, firstId + 65_536L * (USERS + 1));

        assertThat(here.result()).succeeds();
        assertThat(there.result()).succeeds();
    }
}
