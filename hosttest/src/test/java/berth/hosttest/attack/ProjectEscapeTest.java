package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;

import berth.hosttest.Host;
import berth.hosttest.KeptPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Root inside tries to have files on an ext4 that the quota of its directory does not count. */
@Tag("machine")
final class ProjectEscapeTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeAll
    static void aPoolThatKeepsQuotas() {
        KeptPool.make(host, ProjectEscapeTest.class);
    }

    @AfterAll
    static void noSuchPool() {
        KeptPool.remove(host);
    }

    @Test
    void noFileLeavesItsProject() {
        host.given("--pool kept ct new --image busybox bad", "ct set quota bad 20M", "ct start bad");
        Attacker bad = new Attacker(host, "bad");
        bad.arm();

        assertThat(bad.asRoot("mkdir /root/d && touch /root/d/f")).succeeds();
        assertThat(bad.tries("project /root/d")).succeeds().printsNothing();
        assertThat(bad.tries("project /root/d/f")).succeeds().printsNothing();
        assertThat(bad.tries("project /")).succeeds().printsNothing();
        assertThat(bad.asRoot("dd if=/dev/urandom of=/root/d/g bs=1M count=30 conv=fsync"))
                .exits(1);
    }

    @Test
    void norDoesOneInADatasetOfThePool() {
        host.given(
                "--pool kept ct new --image busybox bad",
                "pool dataset new --quota 20M kept media",
                "ct mounts dataset bad kept:media /srv",
                "ct start bad");
        Attacker bad = new Attacker(host, "bad");
        bad.arm();

        assertThat(bad.asRoot("mkdir /srv/d && touch /srv/d/f")).succeeds();
        assertThat(bad.tries("project /srv/d")).succeeds().printsNothing();
        assertThat(bad.tries("project /srv/d/f")).succeeds().printsNothing();
        assertThat(bad.tries("project /srv")).succeeds().printsNothing();
        assertThat(bad.asRoot("dd if=/dev/urandom of=/srv/d/g bs=1M count=30 conv=fsync"))
                .exits(1);
    }
}
