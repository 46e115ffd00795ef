package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;

import berth.hosttest.Host;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Root inside tries to have files on a btrfs pool that its quota does not count. */
final class BtrfsQuotaEscapeTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxOnBtrfs();

    @ParameterizedTest
    @EnumSource
    void noSubvolumeOfItsOwnTakesFilesOutOfTheQuota(Kind kind) {
        Attacker bad = Attacker.in(host, kind, "bad", "ct set quota bad 20M");

        assertThat(bad.asRoot("mkdir /root/d")).succeeds();
        assertThat(bad.tries("subvolume /")).succeeds().printsNothing();
        assertThat(bad.tries("subvolume /root/d")).succeeds().printsNothing();
        assertThat(bad.asRoot(
                        "for d in / /root/d; do dd if=/dev/urandom of=$d/f bs=1M count=12 conv=fsync || exit 7; done"))
                .exits(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"denylist", "allowlist errno 1"})
    void aSystemCallFilterOfItsOwnAllowsNoneEither(String kind) {
        // Of what is allowed: everything that this machine knows.
        String calls = kind.startsWith("denylist")
                ? "mknod errno 1\n"
                : host.shell(
                                "sed -n 's/^#define __NR_\\([a-z0-9_]*\\) .*/\\1/p' /usr/include/x86_64-linux-gnu/asm/unistd_64.h")
                        .run()
                        .stdout();
        Path file = host.scratch().resolve("own.seccomp");
        Host.write(file, "2\n%s\n%s".formatted(kind, calls));
        Attacker bad =
                Attacker.in(host, Kind.USUAL, "bad", "ct set quota bad 20M", "ct set seccomp-profile bad " + file);

        assertThat(bad.asRoot("mkdir /root/d")).succeeds();
        assertThat(bad.tries("subvolume /")).succeeds().printsNothing();
        assertThat(bad.tries("subvolume /root/d")).succeeds().printsNothing();
        assertThat(bad.asRoot("cp --reflink=auto /root/hostile /root/copy && stty -a </dev/null; true"))
                .succeeds();
    }

    @ParameterizedTest
    @EnumSource
    void norDoesOneInADatasetOfThePool(Kind kind) {
        host.given("pool dataset new --quota 20M tank media");
        Attacker bad = Attacker.in(host, kind, "bad", "ct mounts dataset bad tank:media /srv");

        assertThat(bad.asRoot("mkdir /srv/d")).succeeds();
        assertThat(bad.tries("subvolume /srv")).succeeds().printsNothing();
        assertThat(bad.tries("subvolume /srv/d")).succeeds().printsNothing();
        assertThat(bad.asRoot(
                        "for f in 1 2; do dd if=/dev/urandom of=/srv/d/$f bs=1M count=12 conv=fsync || exit 7; done"))
                .exits(7);
    }
}
