package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first lines that the users of vpsAdminOS learnt, word for word. */
final class SeedLinesTest {
    @RegisterExtension
    static final Host host = Host.bare();

    @BeforeAll
    static void theTemplateIsInTheCurrentFolder() {
        Assumptions.assumeFalse(
                Host.read(Path.of("/etc/subuid")).contains(":666000:"),
                "the ids of the lines belong to another instance on this machine");
        Tarball.busybox().writeTo(host.scratch().resolve("ubuntu-16.04-x86_64-vpsfree.tar.gz"));
    }

    @Test
    void theLinesWorkAsTheyStand() {
        assertThat(host.osctl("pool install tank")).succeeds();
        assertThat(host.osctl("user new --ugid 5000 --offset 666000 --size 65536 myuser01"))
                .succeeds();
        assertThat(host.osctl("ct new --user myuser01 --template ubuntu-16.04-x86_64-vpsfree.tar.gz myct01"))
                .succeeds();
        assertThat(host.osctl("ct start myct01")).succeeds();
        assertThat(host.osctl("ct ls")).succeeds().mentions("myct01", "myuser01", "running");
        assertThat(host.command("ct attach myct01").reading("echo hello\n").run())
                .succeeds()
                .mentions("hello");
        Screen console = host.command("ct console myct01").onTerminal();
        console.type("\n" + Screen.CTRL_A + "q");
        assertThat(console.result()).succeeds();
        assertThat(host.osctl("ct exec myct01 ip addr")).succeeds().mentions("lo");
        assertThat(host.osctl("help user")).succeeds().mentions("user");
        assertThat(host.osctl("help ct")).succeeds().mentions("ct");
        assertThat(host.osctl("user map myuser01")).succeeds().mentions("666000", "65536");
    }
}
