package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the kernel gives to each user of the host is given to each container, since each has ids of its own: 300 of them take all
 * that they can get at the same time, and every one gets the whole of it.
 */
@Tag("alone")
final class KernelBudgetTest {
    private static final int CONTAINERS = 300;
    private static final int AT_ONCE = 50;

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @AfterEach
    void theyAreDeletedTogether() {
        forAll(ids -> host.osctl("ct del -f " + ids));
    }

    private static void forAll(Consumer<String> ids) {
        Batches.of(CONTAINERS, AT_ONCE).forEach(ids);
    }

    /** How many of {@code what} each of {@code ids} got, which keeps them. The program is handed in as a file that is open. */
    private static List<Long> taken(String what, String ids) {
        return host.shell("for id in %s; do osctl ct exec $id sh -c 'exec /proc/self/fd/0 greedy %s' <%s; done"
                        .formatted(ids, what, Checkout.hostile()))
                .run()
                .stdout()
                .lines()
                .map(Long::valueOf)
                .toList();
    }

    @Test
    void threeHundredContainersExhaustWhatAUserHasAndNoneNoticesTheOthers() {
        long instances = KernelSettings.value("fs.inotify.max_user_instances");
        long keys = KernelSettings.value("kernel.keys.maxkeys");
        forAll(ids -> assertThat(
                        host.shell("for id in %s; do osctl ct new --image busybox $id || exit; done".formatted(ids))
                                .run())
                .succeeds());
        forAll(ids -> host.given("ct start " + ids));

        forAll(ids -> {
            assertThat(taken("inotify", ids)).hasSize(AT_ONCE).allMatch(n -> n == instances);
            // The process keyring is a key itself, and so are the session's and the user's where they exist.
            assertThat(taken("keys", ids)).hasSize(AT_ONCE).allMatch(n -> n > keys - 10 && n < keys);
        });
        // There is nothing left for one that has taken all.
        assertThat(taken("inotify", "c1 c150 c300")).containsExactly(0L, 0L, 0L);
    }

    @Test
    void terminalsComeFromOnePoolWhichTheDoctorMakesLargeEnough() throws IOException {
        Path file = Path.of("/etc/sysctl.d", "60-%s.conf".formatted(host.instance()));
        try (KernelSettings _ = new KernelSettings(KernelSettings.thatTheDoctorKnows(host))) {
            host.osctl("doctor --containers %d --fix".formatted(CONTAINERS));
            assertThat(Files.deleteIfExists(file)).isTrue();
            String ids = "c1 c2 c3 c4 c5 c6";
            host.shell("for id in %s; do osctl ct new --image busybox $id; done".formatted(ids))
                    .run();
            host.given("ct start " + ids);

            // Six containers take more than the kernel's own 4096.
            assertThat(taken("terminals", ids)).hasSize(6).allMatch(n -> n > 1000);
        }
    }
}
