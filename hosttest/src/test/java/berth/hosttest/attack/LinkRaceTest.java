package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import berth.hosttest.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * While the daemon writes into the root file system of a running container, the guest swaps a directory or a file on the way for
 * a link to the same place of the host, as fast as it can. Every write of the daemon's into such a tree is tried.
 */
@ParameterizedClass
@EnumSource(Kind.class)
final class LinkRaceTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    private final Kind kind;

    private Attacker bad;
    private Path victim;

    LinkRaceTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void anAttackerAndAVictim() throws IOException {
        // An interface, so that network managers are told of changes, too; ifupdown's is the guest's.
        bad = Attacker.in(host, kind, "bad", "ct netif new routed --address 192.0.2.7/32 bad eth0");
        victim = host.scratch().resolve("victim-" + System.nanoTime());
        Files.createDirectories(victim.resolve("network/interfaces.d"));
        for (String file :
                new String[] {"hostname", "hosts", "resolv.conf", "shadow", "passwd", "network/interfaces"}) {
            Host.write(victim.resolve(file), "root:untouched:1:0:99999:7:::\n");
        }
    }

    private String victims() {
        return host.shell("cd %s && find . -printf '%%p %%y %%u %%m %%s %%T@ %%i\\n' | sort && cat $(find . -type f)"
                        .formatted(victim))
                .run()
                .stdout();
    }

    private static void often(String commands) {
        host.shell("for i in $(seq 15); do %s; done".formatted(commands)).run();
    }

    /** Exchanges {@code name} and a link to what is called {@code at} among the victims, until it is killed. */
    private void swap(String name, String at) {
        bad.asRoot("mkdir -p /etc/network; touch /etc/network/interfaces; ln -s %s/%s /swapped".formatted(victim, at));
        bad.begins("swap /swapped " + name).shows("swapping");
    }

    private void everyWrite() {
        often(
                "osctl ct set hostname bad h$i; osctl ct set dns-resolver bad 192.0.2.$i; echo secret$i | osctl ct passwd bad root;"
                        + " osctl ct netif ip add bad eth0 192.0.2.1$i/32; osctl ct netif ip del bad eth0 192.0.2.1$i/32");
    }

    @Test
    void aDirectoryThatIsALinkAtTimesLeadsNowhere() {
        String before = victims();
        swap("/etc", ".");

        everyWrite();

        assertThat(victims()).isEqualTo(before);
        assertThat(host.state("bad")).isEqualTo("running");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hostname", "hosts", "resolv.conf", "shadow", "passwd", "network", "network/interfaces"})
    void norDoesAFile(String file) {
        String before = victims();
        swap("/etc/" + file, file);

        everyWrite();

        assertThat(victims()).isEqualTo(before);
    }

    @Test
    void norDoEitherWhereTheGuestHasNoProgramForPasswords() {
        bad.asRoot("for p in /usr/sbin /usr/bin /sbin /bin; do rm -f $p/chpasswd; done");
        String before = victims();
        swap("/etc", ".");

        everyWrite();

        assertThat(victims()).isEqualTo(before);
    }

    @Test
    void anExchangeOfWholeTreesWhileItRebootsLeadsNowhere() {
        String before = victims();
        bad.asRoot("printf '::sysinit:/root/hostile swap /swapped /etc\\n' >>/etc/inittab");
        swap("/etc", ".");

        often("osctl ct restart --kill bad");

        assertThat(victims()).isEqualTo(before);
    }

    @Test
    void whatTheDaemonOnlyReadsIsTheGuestsOwn() {
        Host.write(victim.resolve("passwd"), "root:x:0:0:root:/root:/bin/leaked\nleaked:x:77:77::/:/bin/sh\n");
        swap("/etc", ".");

        assertThat(host.shell("for i in $(seq 15); do osctl ct exec --user leaked bad id </dev/null; done")
                        .run())
                .doesNotMention("77");
    }
}
