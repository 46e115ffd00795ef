package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SpecificationTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    @BeforeEach
    void aContainer() {
        host.given("ct new --image busybox web");
    }

    @Test
    void theHostnameIsTheIdUnlessOneIsSet() {
        host.given("ct start web");
        assertThat(host.osctl("ct exec web hostname")).prints("web");

        host.given("ct set hostname web www.example.org", "ct restart --kill web");
        assertThat(host.osctl("ct exec web hostname")).prints("www.example.org");
        assertThat(host.osctl("ct exec web cat /etc/hostname")).prints("www.example.org");
        assertThat(host.osctl("ct exec web cat /etc/hosts")).mentions("www.example.org");

        host.given("ct unset hostname web", "ct restart --kill web");
        assertThat(host.osctl("ct exec web hostname")).prints("web");
    }

    @Test
    void dnsResolversAreWrittenIntoTheContainer() {
        host.given("ct set dns-resolver web 192.0.2.1 2001:db8::1", "ct start web");

        assertThat(host.osctl("ct exec web cat /etc/resolv.conf"))
                .mentions("nameserver 192.0.2.1", "nameserver 2001:db8::1");
        assertThat(host.osctl("ct show web")).mentions("192.0.2.1");

        assertThat(host.osctl("ct unset dns-resolver web")).succeeds();
        assertThat(host.osctl("ct show web")).doesNotMention("192.0.2.1");
    }

    @Test
    void anotherInitIsRunWithItsArguments() {
        host.given("ct set init-cmd web /bin/sleep 98765", "ct start web");

        assertThat(host.osctl("ct exec web sh -c 'tr \"\\0\" \" \" < /proc/1/cmdline'"))
                .prints("/bin/sleep 98765");
    }

    @Test
    void argumentsOfTheInitKeepBlanksAndQuotes() {
        String script = "trap \"echo a  b > /root/ended; exit\" TERM; while :; do sleep 0.1; done";
        assertThat(host.osctl(List.of("ct", "set", "init-cmd", "web", "/bin/sh", "-c", script)))
                .succeeds();
        host.given("ct start web", "ct stop web", "ct unset init-cmd web", "ct start web");

        assertThat(host.osctl("ct exec web cat /root/ended")).prints("a b");
    }

    @Test
    void autostartIsShownWithItsPriority() {
        assertThat(host.osctl("ct set autostart -p 10 web")).succeeds();
        assertThat(host.json("ct show web").get("autostart").asBoolean()).isTrue();
        assertThat(host.json("ct show web").get("autostart_priority").asInt()).isEqualTo(10);

        assertThat(host.osctl("ct unset autostart web")).succeeds();
        assertThat(host.json("ct show web").get("autostart").asBoolean()).isFalse();
    }

    @Test
    void everyChangeIsARevisionThatSaysWhatWasDone() {
        host.given("ct set hostname web one", "ct set hostname web two");

        Result history = host.osctl("ct history web");

        assertThat(history).succeeds().mentions("ct new", "ct set hostname web one", "ct set hostname web two");
        assertThat(host.json("ct history web")).hasSize(3);
    }

    @Test
    void theDifferenceOfTwoRevisionsNamesWhatChanged() {
        host.given("ct set hostname web one", "ct set hostname web two");

        assertThat(host.osctl("ct diff web 2 3"))
                .succeeds()
                .mentions("one", "two")
                .doesNotMention("busybox");
        assertThat(host.osctl("ct diff web")).succeeds().mentions("one", "two");
    }

    @Test
    void aRollbackIsARevisionToo() {
        host.given("ct set hostname web one", "ct set hostname web two");

        assertThat(host.osctl("ct rollback web 2")).succeeds();

        assertThat(host.json("ct show web").get("hostname").asString()).isEqualTo("one");
        assertThat(host.json("ct history web")).hasSize(4);
    }

    @Test
    void aRollbackHoldsAtOnceInARunningContainer() {
        host.given(
                "ct start web",
                "ct set hostname web changed.example.org",
                "ct netif new routed --address 192.0.2.77/32 web eth0");
        assertThat(host.osctl("ct exec web hostname")).prints("changed.example.org");

        host.given("ct rollback web 1");

        assertThat(host.osctl("ct exec web hostname")).prints("web");
        assertThat(host.osctl("ct exec web ip link").stdout()).doesNotContain("eth0");
    }

    @Test
    void aRollbackToARevisionThatNeverWasIsRefused() {
        assertThat(host.osctl("ct rollback web 17")).fails(Status.NOT_FOUND).complains("17", "web");
    }

    @Test
    void aChangeThatChangesNothingIsNoRevision() {
        host.given("ct set hostname web one");

        assertThat(host.osctl("ct set hostname web one")).succeeds();

        assertThat(host.json("ct history web")).hasSize(2);
    }

    @Test
    void theSpecificationOutlivesTheDaemon() {
        host.given("ct set hostname web one");

        host.killDaemon();
        host.startDaemon();

        assertThat(host.json("ct show web").get("hostname").asString()).isEqualTo("one");
        assertThat(host.json("ct history web")).hasSize(2);
    }
}
