package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ClosedPipeTest {
    private static final String WAIT_FOR_NOBODY =
            "exec 4<> fifo; exec 3> fifo; exec 4<&-; osctl ct start web 2>&3 3>&-; true";

    @RegisterExtension
    static final Host host = Host.withBusybox();

    @Test
    void aWaitingCommandThatNobodyListensToKeepsNoContainerFromOthers() {
        host.given("ct new --image busybox web");
        assertThat(host.osctl("ct set init-cmd web /bin/sleep 1000")).succeeds();
        host.given("ct start web");
        Running stop = host.command("ct stop -t 3 web").start();
        host.awaitState("web", "stopping");

        host.shell("mkfifo fifo; " + WAIT_FOR_NOBODY).run();

        assertThat(stop.result()).succeeds();
        assertThat(host.osctl("--no-wait ct start web")).succeeds();
    }

    @Test
    void aFullDiskUnderTheOutputIsNoInternalError() {
        assertThat(host.shell("osctl ct ls > /dev/full").run())
                .fails(Status.FAILED)
                .complains("no space left on device");
    }
}
