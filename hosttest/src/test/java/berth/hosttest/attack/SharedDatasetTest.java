package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Host;
import berth.hosttest.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Root inside gets, through a dataset that it shares with others, neither out of it nor at these others. */
@ParameterizedClass
@EnumSource(Kind.class)
final class SharedDatasetTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;

    SharedDatasetTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttackerWithADataset() {
        host.given("pool dataset new tank media");
        bad = Attacker.in(host, kind, "bad", "ct mounts dataset bad tank:media /srv");
    }

    private Attacker victim() {
        return Attacker.in(host, kind, "good", "ct mounts dataset good tank:media /srv");
    }

    @Test
    void nothingAboveItIsReached() {
        assertThat(bad.tries("handle /srv")).succeeds().printsNothing();
        assertThat(bad.asRoot("mkdir /srv/d && /root/hostile climb /srv/d")).doesNotMention("another root");
        assertThat(bad.asRoot("cd /srv/../../.. && pwd && ls -d conf ct image 2>/dev/null"))
                .prints("/");
        assertThat(bad.asRoot("ln -s /etc /srv/l && ln -s ../../../conf /srv/m && ls /srv/l/hostname; ls /srv/m"))
                .doesNotMention("journal");
    }

    @Test
    void aSetuidProgramMadeThereDoesNothingForTheUsersOfAnother() {
        Attacker good = victim();
        assertThat(bad.asRoot("cp /root/hostile /srv/s && chmod 4755 /srv/s")).succeeds();
        assertThat(good.asRoot("cp /root/hostile /tmp/own && chmod 4755 /tmp/own"))
                .succeeds();

        assertThat(idsOf(good, "/tmp/own")).mentions("1000\t0\t0\t0");
        assertThat(idsOf(good, "/srv/s")).mentions("1000\t1000\t1000\t1000");
    }

    /** The ids that {@code program} has in {@code good} when a user of that runs it. */
    private static Result idsOf(Attacker good, String program) {
        host.command(List.of("ct", "exec", "-u", "1000", good.name(), program, "swap", "/tmp/none", "/tmp/neither"))
                .start()
                .shows("swapping");
        String name = String.valueOf(Path.of(program).getFileName());
        return good.asRoot("grep Uid: /proc/$(pidof %1$s)/status; kill -9 $(pidof %1$s)".formatted(name));
    }

    @Test
    void norDoesItWhereTheMountIsChangedOrCopied() {
        assertThat(bad.asRoot("grep ' /srv ' /proc/mounts")).mentions("nosuid", "nodev");
        assertThat(bad.asRoot("mount -o remount,bind,suid,dev /srv")).exits(1);
        assertThat(bad.asRoot("mkdir /tmp/c && mount --bind /srv /tmp/c && mount -o remount,bind,suid,dev /tmp/c"))
                .exits(1);
    }

    @Test
    void noDeviceOpensThere() {
        assertThat(bad.asRoot("mknod /srv/mem c 1 1 && cat /srv/mem")).exits(1);
    }

    @Test
    void whatItMountsThereNobodyElseSees() {
        Attacker good = victim();

        assertThat(bad.asRoot("mkdir /srv/d && mount --make-rshared / && mount -t tmpfs marker-bad /srv/d"))
                .succeeds();

        assertThat(good.asRoot("cat /proc/self/mountinfo")).doesNotMention("marker-bad");
        assertThat(host.shell("cat /proc/self/mountinfo").run()).doesNotMention("marker-bad");
    }

    @Test
    void noUserOfTheHostComesToIt() throws Exception {
        bad.asRoot("cp /bin/busybox /srv/id && chmod 4755 /srv/id");
        Path layers = host.pool("tank").resolve("ct");

        assertThat(Files.getPosixFilePermissions(layers).toString()).doesNotContain("OTHERS", "GROUP");
        assertThat(host.program(List.of("setpriv", "--reuid=65534", "--clear-groups", "ls", layers.toString()))
                        .run()
                        .status())
                .isNotZero();
    }
}
