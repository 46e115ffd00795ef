package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HelpTest {
    @RegisterExtension
    static final Host host = Host.bare();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pool install",
                "pool uninstall",
                "pool import",
                "pool export",
                "pool ls",
                "pool show",
                "pool set trash-age",
                "trash ls",
                "trash restore",
                "trash prune",
                "id-range new",
                "id-range del",
                "id-range ls",
                "id-range show",
                "id-range table ls",
                "user new",
                "user del",
                "user ls",
                "user show",
                "user map",
                "group new",
                "group del",
                "group ls",
                "group show",
                "group tree",
                "image import",
                "image build busybox",
                "image build debian",
                "image ls",
                "image show",
                "image del",
                "ct new",
                "ct del",
                "ct mv",
                "ct export",
                "ct import",
                "ct ls",
                "ct show",
                "ct start",
                "ct stop",
                "ct restart",
                "ct freeze",
                "ct unfreeze",
                "ct wait",
                "ct exec",
                "ct attach",
                "ct console",
                "ct log cat",
                "ct log path",
                "ct passwd",
                "ct set hostname",
                "ct set dns-resolver",
                "ct set init-cmd",
                "ct set autostart",
                "ct unset hostname",
                "ct unset dns-resolver",
                "ct unset init-cmd",
                "ct unset autostart",
                "ct history",
                "ct diff",
                "ct rollback"
            })
    void everyCommandExplainsItselfWithAnExample(String command) {
        assertThat(host.osctl(command + " --help"))
                .succeeds()
                .mentions("osctl " + command)
                .complainsOfNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "help user", "help ct", "help pool", "help ct start", "--help", "ct --help"})
    void helpWorksForGroupsToo(String line) {
        assertThat(host.osctl(line)).succeeds().complainsOfNothing();
    }
}
