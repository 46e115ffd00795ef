package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Guests that look for their addresses themselves find the ones that their containers have. */
final class LeaseTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    private static final String ADDRESS_4 = "10.77.5.128";
    private static final String ADDRESS_6 = "2001:db8:7::100";

    @BeforeEach
    void thereIsAContainerOnANetwork() {
        host.given(
                "network new routed --subnet 10.77.5.0/24 --subnet 2001:db8:7::/64 net0",
                "ct new --image busybox web",
                "ct netif new bridge --link net0 web eth0",
                "ct start web");
        await("its link-local address can be used")
                .atMost(Running.PATIENCE)
                .until(
                        () -> host.osctl("ct exec web ip -6 addr").stdout(),
                        a -> a.contains("fe80::") && !a.contains("tentative"));
    }

    private static Result askedByDhcp4() {
        return host.osctl("ct exec web udhcpc -i eth0 -n -q -t 5 -T 1");
    }

    /**
     * The image has no such client: the host's asks in the container's network, as a copy that no AppArmor profile knows. What
     * it runs when it has an address ends it.
     */
    private static Result askedByDhcp6() {
        return host.shell(("cd %2$s && cp /usr/sbin/dhclient client && printf '%3$s' >bound && chmod +x bound"
                                + " && nsenter --net=/proc/%1$d/ns/net timeout 60 ./client -6 -1 -d -v -sf $PWD/bound -lf $PWD/client.leases"
                                + " -pf $PWD/client.pid eth0")
                        .formatted(
                                host.initPid("web"),
                                host.scratch(),
                                "#!/bin/sh\\n[ \"$reason\" != BOUND6 ] || kill $PPID\\n"))
                .run();
    }

    private static String leases() {
        return host.osctl("network leases -H -o addr,hostname net0").stdout();
    }

    private static String nameService() {
        return host.shell("pgrep -f '[/]run/%s/network/'".formatted(host.instance()))
                .run()
                .stdout();
    }

    @Test
    void dhcpGivesTheContainersAddress() {
        host.given("ct exec web ip addr flush dev eth0 scope global");

        assertThat(askedByDhcp4().stderr()).contains("lease of " + ADDRESS_4);
        assertThat(leases()).contains(ADDRESS_4).doesNotContain(ADDRESS_6);
    }

    @Test
    void dhcpv6GivesTheContainersAddress() {
        assertThat(askedByDhcp6().stderr()).contains("IAADDR " + ADDRESS_6);
        assertThat(leases()).contains(ADDRESS_6, "web");
    }

    @Test
    void anAdvertisementGivesTheGatewayAndNoOtherAddress() {
        host.given(
                "ct exec web ip link set eth0 down",
                "ct exec web sysctl -w net.ipv6.conf.eth0.accept_ra=1",
                "ct exec web ip link set eth0 up",
                "ct exec web ip addr add %s/128 dev eth0".formatted(ADDRESS_6));

        await("a router is heard of")
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec web ip -6 route").stdout().contains("default via fe80::"));
        assertThat(host.osctl("ct exec web ip -6 -o addr show dev eth0 scope global")
                        .stdout()
                        .lines())
                .hasSize(1);
        assertThat(host.osctl("ct exec web ping -c 1 -W 5 2001:db8:7::1")).succeeds();
    }

    @Test
    void leasesSurviveTheDeathOfTheNameService() {
        assertThat(askedByDhcp4()).succeeds();
        String before = leases();
        String former = nameService();

        assertThat(host.shell("kill -9 " + former).run()).succeeds();
        await().atMost(Running.PATIENCE).until(LeaseTest::nameService, s -> !s.isEmpty() && !s.equals(former));

        assertThat(leases()).isEqualTo(before).contains(ADDRESS_4);
        assertThat(askedByDhcp4().stderr()).contains("lease of " + ADDRESS_4);
        assertThat(Files.exists(Path.of("/var/lib", host.instance(), "network/net0/leases")))
                .isTrue();
    }
}
