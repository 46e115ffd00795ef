package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two hosts with a cable between them, on each a BIRD that Berth has configured: containers are reached from the other host. */
final class RoutingTest {
    @RegisterExtension
    static final Host near = Host.withBusyboxInNetworkOfItsOwn();

    @RegisterExtension
    static final Host far = Host.withBusyboxInNetworkOfItsOwn();

    /** The hosts are 10.99.0.1 and 10.99.0.2. */
    @BeforeEach
    void connect() {
        assertThat(near.shell(("ip link add up0 netns %1$s type veth peer name up0 netns %2$s"
                                        + " && ip -n %1$s addr add 10.99.0.1/24 dev up0 && ip -n %1$s link set up0 up"
                                        + " && ip -n %2$s addr add 10.99.0.2/24 dev up0 && ip -n %2$s link set up0 up")
                                .formatted(near.instance(), far.instance()))
                        .run())
                .succeeds();
    }

    @AfterEach
    void disconnect() {
        near.networkShell("ip link del up0").run();
    }

    private static void bird(Host host, String options) {
        host.given("network bird --output bird.conf " + options);
        run(host);
    }

    private static void run(Host host) {
        assertThat(host.networkShell("/usr/sbin/bird -p -c bird.conf").run()).succeeds();
        host.networkShell("exec /usr/sbin/bird -f -c bird.conf -s bird.ctl -P bird.pid")
                .start();
    }

    private static void ospf() {
        bird(near, "--whole --ospf up0 --hello 1");
        bird(far, "--whole --ospf up0 --hello 1");
    }

    private static void bgp() {
        bird(near, "--whole --as 64512 --bgp 10.99.0.2@64513 --router-id 10.99.0.1");
        bird(far, "--whole --as 64513 --bgp 10.99.0.1@64512 --router-id 10.99.0.2");
    }

    private static void container(Host host, String name, String... addresses) {
        host.given(
                "ct new --image busybox " + name,
                "ct netif new routed --address %s %s eth0".formatted(String.join(" --address ", addresses), name),
                "ct start " + name);
    }

    private static void reaches(Host host, String container, String address) {
        await(address + " answers " + container)
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec %s ping -c 1 -W 1 %s".formatted(container, address))
                                .status()
                        == 0);
    }

    private static String routes(Host host, String selection) {
        return host.networkShell("ip route show %1$s; ip -6 route show %1$s".formatted(selection))
                .run()
                .stdout();
    }

    private static void losesRoute(Host host, String destination) {
        await("no route to " + destination)
                .atMost(Running.PATIENCE)
                .until(() -> routes(host, "proto bird"), r -> !r.contains(destination));
    }

    @Test
    void byOspfAContainerIsReachedFromTheOtherHostAsLongAsItRuns() {
        ospf();
        container(near, "a", "192.0.2.7/32", "2001:db8::7/128");
        container(far, "b", "192.0.2.8/32", "2001:db8::8/128");

        reaches(far, "b", "192.0.2.7");
        reaches(far, "b", "2001:db8::7");
        reaches(near, "a", "192.0.2.8");

        near.given("ct stop a");
        losesRoute(far, "192.0.2.7");
        losesRoute(far, "2001:db8::7");
    }

    @Test
    void byBgpAContainerIsReachedFromTheOtherHostAsLongAsItRuns() {
        bgp();
        container(near, "a", "192.0.2.7/32");
        container(far, "b", "192.0.2.8/32");

        reaches(far, "b", "192.0.2.7");
        reaches(near, "a", "192.0.2.8");

        near.given("ct stop a");
        losesRoute(far, "192.0.2.7");

        near.given("ct start a");
        reaches(far, "b", "192.0.2.7");
    }

    @Test
    void byOspfAnAddressFollowsItsContainerToTheOtherHost() {
        ospf();
        theAddressFollows();
    }

    @Test
    void byBgpAnAddressFollowsItsContainerToTheOtherHost() {
        bgp();
        theAddressFollows();
    }

    private static void theAddressFollows() {
        container(near, "a", "192.0.2.7/32", "192.0.2.9/32");
        container(far, "b", "192.0.2.8/32");
        reaches(far, "b", "192.0.2.7");

        near.given("ct netif ip del a eth0 192.0.2.7");
        far.given("ct netif ip add b eth0 192.0.2.7/32");

        await("the route to the other host")
                .atMost(Running.PATIENCE)
                .until(() -> routes(near, "proto bird"), r -> r.contains("192.0.2.7 via 10.99.0.2"));
        reaches(near, "a", "192.0.2.7");
        losesRoute(far, "192.0.2.7");
    }

    @Test
    void onlyWhatIsRoutedIsTold() {
        near.given(
                "network new nat --subnet 10.77.5.0/24 net0",
                "network new routed --subnet 198.51.100.0/28 --subnet 2001:db8:5::/64 pub0",
                "ct new --image busybox a",
                "ct netif new bridge --link net0 a eth0",
                "ct netif new bridge --link pub0 a eth1",
                "ct netif new private --host-address 10.9.0.1 --local-address 10.9.0.2 a eth2",
                "ct netif new routed --via 10.100.10.100/30 --address 192.0.2.7/32 a eth3",
                "ct netif route add a eth3 203.0.113.0/28",
                "ct start a");
        bgp();

        await("all is told")
                .atMost(Running.PATIENCE)
                .until(() -> routes(far, "proto bird"), r -> r.contains("192.0.2.7") && r.contains("198.51.100.0/28"));
        assertThat(routes(far, "proto bird"))
                .contains("203.0.113.0/28")
                .doesNotContain("10.77.5", "10.9.0", "10.100.10");
        assertThat(near.osctl("network routes -H -o route").stdout().lines())
                .containsExactlyInAnyOrder("192.0.2.7/32", "198.51.100.0/28", "2001:db8:5::/64", "203.0.113.0/28");

        near.given("ct del -f a", "network del pub0 net0");
        losesRoute(far, "198.51.100.0/28");
        assertThat(near.osctl("network routes -H -o route")).prints("");
    }

    @Test
    void aConfigurationOfOnesOwnIncludesThePartThatIsBerths() {
        near.given("network bird --only 192.0.2.0/24 --output berth.conf");
        Host.write(near.scratch().resolve("bird.conf"), """
                include "berth.conf";
                router id 10.99.0.1;
                protocol device { }
                protocol kernel { learn; ipv4 { import filter berth_learn4; export all; }; }
                protocol static upstream { ipv4; route 10.0.0.0/8 blackhole; }
                protocol ospf v2 backbone {
                  ipv4 { export filter berth_announce4; };
                  area 0 { interface "up0" { hello 1; }; };
                }
                """);
        run(near);
        bird(far, "--whole --ospf up0 --hello 1 --family 4");
        container(near, "a", "192.0.2.7/32", "198.51.100.7/32");
        container(far, "b", "192.0.2.8/32");

        reaches(far, "b", "192.0.2.7");

        assertThat(routes(far, "proto bird")).doesNotContain("198.51.100.7", "10.0.0.0/8");
    }

    @Test
    void aHostThatAcceptsNothingStillTells() {
        bird(near, "--whole --ospf up0 --hello 1 --accept none");
        bird(far, "--whole --ospf up0 --hello 1");
        container(near, "a", "192.0.2.7/32");
        container(far, "b", "192.0.2.8/32");

        await("the route to a")
                .atMost(Running.PATIENCE)
                .until(() -> routes(far, "proto bird"), r -> r.contains("192.0.2.7"));

        assertThat(routes(near, "proto bird")).isEmpty();
    }
}
