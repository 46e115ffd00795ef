package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What interfaces may carry, with real TCP: how long a file takes that is four seconds long at the rate. */
@Tag("alone")
final class ShapingTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    /** So many that the time to start a transfer is little beside its own. */
    private static final int MEBIBYTES = 8 * Running.SLOWNESS;

    /** At 16 Mbit/s. */
    private static final double SECONDS = MEBIBYTES * 1024 * 1024 * 8 / 16e6;

    private static final double TOLERANCE = 0.1;
    private static final String MAKE_FILE = "dd if=/dev/zero of=%s/file bs=1M count=" + MEBIBYTES;

    @BeforeEach
    void thereIsAContainer() {
        host.given(
                "ct new --image busybox web",
                "ct netif new routed --address 192.0.2.7/32 --max-rx 16M --max-tx 16M web eth0",
                "ct start web");
        assertThat(host.networkShell("ip addr replace 198.51.100.1/32 dev lo").run())
                .succeeds();
        await().atMost(Running.PATIENCE)
                .until(() -> host.networkShell("busybox ping -c 1 -W 1 192.0.2.7")
                                .run()
                                .status()
                        == 0);
    }

    /**
     * The rate holds if no transfer is faster, and one is as fast: another may be slower because the machine has more to do.
     */
    private static void isAsLongAsTheRateSays(Supplier<Result> transfer) {
        await().atMost(Running.PATIENCE).until(() -> seconds(transfer), seconds -> {
            assertThat(seconds).isGreaterThan(SECONDS * (1 - TOLERANCE));
            return seconds < SECONDS * (1 + TOLERANCE);
        });
    }

    private static double seconds(Supplier<Result> transfer) {
        long begin = System.nanoTime();
        assertThat(transfer.get()).succeeds();
        return Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;
    }

    @Test
    void whatAContainerSendsHoldsTheRate() {
        host.given(
                "ct exec web mkdir -p /www", "ct exec web " + MAKE_FILE.formatted("/www"), "ct exec web httpd -h /www");

        isAsLongAsTheRateSays(() -> host.networkShell("busybox wget -q -O /dev/null http://192.0.2.7/file")
                .run());
    }

    @Test
    void whatAContainerReceivesHoldsTheRate() {
        String directory = host.scratch().resolve("www").toString();
        assertThat(host.shell("mkdir -p %s && ".formatted(directory) + MAKE_FILE.formatted(directory))
                        .run())
                .succeeds();
        host.networkShell("exec busybox httpd -f -p 8000 -h " + directory).start();

        isAsLongAsTheRateSays(() -> host.osctl("ct exec web wget -q -O /dev/null http://198.51.100.1:8000/file"));
    }
}
