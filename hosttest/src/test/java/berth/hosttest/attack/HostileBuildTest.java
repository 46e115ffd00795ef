package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Host;
import berth.hosttest.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What builds an image, for instance a package's script, wants more than to build it. */
final class HostileBuildTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private static final String SHELL = "mkdir -p \"$1/bin\" \"$1/etc\"; cp /bin/busybox \"$1/bin/sh\"\n";

    private static Path script(String name, String text) throws IOException {
        Path script = host.scratch().resolve(name);
        Files.writeString(script, "#!/bin/sh -eu\n" + text);
        return script;
    }

    private static String shell(String command) {
        return host.shell(command).run().stdout().strip();
    }

    /** The process whose command line has {@code pattern}, once it is there. */
    private static String process(String pattern) {
        return shell("for i in $(seq 200); do pgrep -f '%s' && break; sleep 0.1; done".formatted(pattern));
    }

    @Test
    void whatItWritesWhereAnybodyMayIsNotThereAfterwards() throws IOException {
        Path open = Path.of("/srv/berth-open-to-all");
        assertThat(host.shell("mkdir -m 1777 " + open).run()).succeeds();
        Path script = script("leaves", SHELL + """
                umount -R /run /var/tmp /dev/shm || :
                for place in /run/lock /var/tmp /dev/shm /srv/berth-open-to-all; do
                    cp /bin/busybox $place/berth-door && chmod 4755 $place/berth-door || :
                done
                """);

        assertThat(host.osctl("image build from-script %s".formatted(script))).succeeds();

        String left = shell("ls -d /run/lock/berth-door /var/tmp/berth-door /dev/shm/berth-door %s/*".formatted(open));
        host.shell("rm -rf /run/lock/berth-door /var/tmp/berth-door /dev/shm/berth-door " + open)
                .run();
        assertThat(left).isEmpty();
        host.given("image del leaves");
    }

    @Test
    void itEndsWithTheDaemonThoughItKilledAllThatItCouldReach() throws IOException {
        Path script = script("stays", "trap '' HUP TERM INT\nkill -KILL -1 || :\nexec setsid sleep 4721\n");
        host.command("image build from-script %s".formatted(script)).start();
        assertThat(process("sleep 472[1]")).isNotEmpty();

        host.killDaemon();

        String left = shell("for i in $(seq 50); do pgrep -f 'sleep 472[1]' >/dev/null || break; sleep 0.1; done;"
                + " pgrep -f 'sleep 472[1]'; pkill -KILL -f 'sleep 472[1]'");
        host.startDaemon();
        assertThat(left).isEmpty();
    }

    @Test
    void itHasNoTerminalOfTheDaemonsAndIsHeldToWhatContainersMayTake() throws IOException {
        Path script = script("looks", "exec sleep 4722\n");
        host.command("image build from-script %s".formatted(script)).start();
        String build = process("sleep 472[2]");

        String sessions = shell("ps -o sid= -p %s; ps -o sid= -p %d"
                .formatted(build, host.daemon().pid()));
        String cgroups = shell("cat /proc/%s/cgroup".formatted(build));
        host.killDaemon();
        host.startDaemon();

        assertThat(sessions.split("\\s+")).doesNotHaveDuplicates();
        assertThat(cgroups).contains("/" + host.instance() + "/");
    }

    @Test
    void aDaemonThatIsDearToTheHostDoesNotMakeItSo() throws IOException {
        String score = "echo %d >/proc/" + host.daemon().pid() + "/oom_score_adj";
        Skip.unless(
                host.shell(score.formatted(-500)).run().status() == 0,
                "HostileBuildTest.aDaemonThatIsDearToTheHostDoesNotMakeItSo",
                "root may not protect processes on this host");
        Path script = script("dear", SHELL + "cat /proc/self/oom_score_adj > \"$1/etc/score\"\n");

        assertThat(host.osctl("image build from-script %s".formatted(script))).succeeds();

        host.shell(score.formatted(0)).run();
        assertThat(shell("cat %s/*/tree/etc/score".formatted(host.pool("tank").resolve("image"))))
                .isEqualTo("0");
        host.given("image del dear");
    }
}
