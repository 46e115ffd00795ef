package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Managed networks, with real packets, DHCP and names, on a host that has a network to itself. */
final class ManagedNetworkTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    private static final String GATEWAY = "10.77.5.1";

    private static String far() {
        return host.instance() + "far";
    }

    @AfterEach
    void theWorldEnds() {
        host.shell("ip netns del " + far() + " 2>/dev/null").run();
    }

    /** Two running containers on a network: {@code a} is 10.77.5.128, {@code b} 10.77.5.129. */
    private static void twoOn(String network) {
        host.given(network);
        for (String name : List.of("a", "b")) {
            host.given(
                    "ct new --image busybox " + name,
                    "ct netif new bridge --link net0 " + name + " eth0",
                    "ct start " + name);
        }
    }

    private static Result ping(String container, String options) {
        return host.osctl("ct exec %s ping -c 1 -W 1 %s".formatted(container, options));
    }

    private static void reaches(String container, String address) {
        await(address + " answers " + container)
                .atMost(Running.PATIENCE)
                .until(() -> ping(container, address).status() == 0);
    }

    /** A machine that the host reaches at 198.51.100.2 by its link up0, and that knows nothing of containers. */
    private static void world() {
        assertThat(host.networkShell(("ip netns add %1$s && ip link add up0 type veth peer name far0 netns %1$s"
                                        + " && ip addr add 198.51.100.1/24 dev up0 && ip link set up0 up"
                                        + " && ip -n %1$s addr add 198.51.100.2/24 dev far0 && ip -n %1$s link set far0 up")
                                .formatted(far()))
                        .run())
                .succeeds();
    }

    /** The brackets keep the shell that asks from being an answer. */
    private static List<String> nameServices() {
        return host.shell("pgrep -f '[/]run/%s/network/'".formatted(host.instance()))
                .run()
                .stdout()
                .lines()
                .toList();
    }

    @Test
    void aContainerHasItsAddressFromTheStartAndByDhcp() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");

        reaches("a", GATEWAY);
        assertThat(host.osctl("ct exec a ip route")).mentions("default via " + GATEWAY);
        assertThat(host.osctl("network addresses -H -o addr,ctid net0")).mentions("10.77.5.128", "tank:a");
        assertThat(host.osctl("ct exec a udhcpc -i eth0 -n -q -t 5 -T 1").stderr())
                .contains("lease of 10.77.5.128 obtained from " + GATEWAY);
        assertThat(host.osctl("network leases -H net0")).mentions("10.77.5.128", "a");
    }

    @Test
    void namesAreAnsweredBothWays() {
        twoOn("network new nat --subnet 10.77.5.0/24 --domain example.test net0");

        assertThat(host.osctl("ct exec a nslookup b.example.test " + GATEWAY)).mentions("10.77.5.129");
        assertThat(host.osctl("ct exec a nslookup 10.77.5.129 " + GATEWAY)).mentions("b.example.test");
        assertThat(host.osctl("ct exec a cat /etc/resolv.conf")).mentions("nameserver " + GATEWAY);
        assertThat(host.osctl("ct exec a nslookup b.example.test")).mentions("10.77.5.129");
    }

    @Test
    void containersReachEachOtherOnlyIfTheNetworkSaysSo() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");
        reaches("a", GATEWAY);
        reaches("b", GATEWAY);

        assertThat(ping("a", "10.77.5.129").status()).isNotZero();

        host.given("network set --intra allow net0");
        reaches("a", "10.77.5.129");

        host.given("network set --intra deny net0");
        assertThat(ping("a", "10.77.5.129").status()).isNotZero();
    }

    @Test
    void aGuestSpeaksForNobodyElse() {
        twoOn("network new nat --subnet 10.77.5.0/24 --intra allow net0");
        reaches("a", GATEWAY);

        host.given("ct exec a ip addr add 10.77.5.200/32 dev eth0", "ct exec a ip addr add 10.77.5.129/32 dev eth0");

        assertThat(ping("a", "-I 10.77.5.200 " + GATEWAY).status()).isNotZero();
        assertThat(ping("a", "-I 10.77.5.129 " + GATEWAY).status()).isNotZero();
        assertThat(host.osctl("ct exec a arping -c 1 -w 1 -I eth0 -s 10.77.5.200 " + GATEWAY)
                        .status())
                .isNotZero();
        assertThat(host.osctl("ct exec a arping -c 1 -w 1 -I eth0 " + GATEWAY)).succeeds();

        host.given(
                "ct exec a ip link set eth0 down",
                "ct exec a ip link set eth0 address 02:11:11:11:11:11",
                "ct exec a ip link set eth0 up");
        assertThat(ping("a", GATEWAY).status()).isNotZero();
    }

    @Test
    void aGuestReachesNothingOfTheHostButLeasesAndNames() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");
        assertThat(host.networkShell("(sleep 20 | busybox nc -l -p 7777 >/dev/null 2>&1) & echo started")
                        .run())
                .succeeds();

        assertThat(host.osctl("ct exec a nc -w 1 %s 7777".formatted(GATEWAY)).status())
                .isNotZero();
        assertThat(host.osctl("ct exec a nslookup b.net0 " + GATEWAY)).succeeds();
    }

    @Test
    void theWorldIsReachedByTheHostsAddressAndAnsweredByForwards() {
        world();
        twoOn("network new nat --subnet 10.77.5.0/24 net0");
        host.given(
                "ct exec a mkdir -p /www",
                "ct exec a sh -c 'echo hello from a > /www/index.html'",
                "ct exec a httpd -p 80 -h /www",
                "network forward add net0 tcp:8080 a:80");

        reaches("a", "198.51.100.2");
        String get =
                "ip netns exec %s sh -c \"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 3 198.51.100.1 8080\""
                        .formatted(far());
        assertThat(host.shell(get).run()).mentions("hello from a");

        host.given("network forward del net0 tcp:8080");
        assertThat(host.shell(get).run().stdout()).doesNotContain("hello");
        host.networkShell("ip link del up0").run();
    }

    @Test
    void aPortIsForwardedOnceHoweverManyAskForItAtATime() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");
        List<Running> asking = Stream.of("a:80", "b:80", "a:81", "b:81")
                .map(to ->
                        host.command("network forward add net0 tcp:8080 " + to).start())
                .toList();

        assertThat(asking).extracting(r -> r.result().status()).containsOnlyOnce(0);
        assertThat(host.json("network forward ls")).hasSize(1);
    }

    @Test
    void aHostOnlyNetworkLeadsNowhere() {
        world();
        host.given(
                "network new --preset host-only net0",
                "ct new --image busybox a",
                "ct netif new bridge --link net0 a eth0",
                "ct start a");

        reaches("a", "10.101.0.1");
        assertThat(host.osctl("ct exec a ip route").stdout()).doesNotContain("default");
        host.given("ct exec a ip route add default via 10.101.0.1");
        assertThat(ping("a", "198.51.100.2").status()).isNotZero();
        host.networkShell("ip link del up0").run();
    }

    @Test
    void everythingIsThereAfterTheDaemonCameBack() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");
        List<String> services = nameServices();

        host.killDaemon();
        reachesWithoutDaemon();
        host.startDaemon();

        assertThat(nameServices()).isEqualTo(services).hasSize(1);
        reaches("a", GATEWAY);
        assertThat(ping("a", "10.77.5.129").status()).isNotZero();
        assertThat(host.osctl("network check")).succeeds();
    }

    private static void reachesWithoutDaemon() {
        assertThat(host.networkShell("busybox ping -c 1 -W 2 10.77.5.128").run())
                .succeeds();
    }

    @Test
    void whatIsLostWithTheHostIsMadeAgain() {
        host.given("network new nat --subnet 10.77.5.0/24 net0");
        host.killDaemon();
        assertThat(host.networkShell("kill %s; ip link del net0; nft flush ruleset"
                                .formatted(String.join(" ", nameServices())))
                        .run())
                .succeeds();

        host.startDaemon();

        assertThat(host.networkShell("ip addr show net0").run()).mentions(GATEWAY);
        assertThat(host.osctl("network check")).succeeds();
    }

    @Test
    void aNameServiceThatDiesComesBack() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");
        List<String> former = nameServices();

        assertThat(host.shell("kill -9 " + String.join(" ", former)).run()).succeeds();

        await("another dnsmasq runs")
                .atMost(Running.PATIENCE)
                .until(ManagedNetworkTest::nameServices, s -> s.size() == 1 && !s.equals(former));
        assertThat(host.osctl("ct exec a nslookup b.net0 " + GATEWAY)).mentions("10.77.5.129");
    }

    @Test
    void aNetworkInUseStaysAndLaterLeavesNothing() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");

        assertThat(host.osctl("network del net0")).fails(Status.IN_USE).complains("tank:a", "tank:b");

        host.given("ct del -f a b", "network del net0");
        assertThat(host.networkShell("ip -br link").run().stdout()).doesNotContain("net0");
        assertThat(host.networkShell("nft list tables").run()).prints("");
        assertThat(nameServices()).isEmpty();
        assertThat(Files.exists(Path.of("/run", host.instance(), "network/net0")))
                .isFalse();
        assertThat(Files.exists(Path.of("/var/lib", host.instance(), "network/net0")))
                .isFalse();
        assertThat(Files.exists(Path.of("/var/lib", host.instance(), "conf/network/net0.yml")))
                .isFalse();
    }

    @Test
    void anAddressIsOneContainersAlone() {
        twoOn("network new nat --subnet 10.77.5.0/24 net0");
        host.given("ct new --image busybox c");

        assertThat(host.osctl("ct netif new bridge --link net0 --address 10.77.5.128 c eth0"))
                .fails(Status.IN_USE)
                .complains("10.77.5.128", "tank:a");
        assertThat(host.osctl("ct netif new bridge --link net0 --address 10.77.5.255 c eth0"))
                .fails(Status.INVALID);

        host.given("ct del -f a", "ct netif new bridge --link net0 --address 10.77.5.128 c eth0", "ct start c");
        reaches("c", GATEWAY);
    }

    @Test
    void lxcsOwnBridgeIsMadeOnFirstUse() {
        host.given("ct new --image busybox myct01", "ct netif new bridge --link lxcbr0 myct01 eth0", "ct start myct01");

        reaches("myct01", "10.0.3.1");
        assertThat(host.osctl("network ls -H -o name,kind")).mentions("lxcbr0", "nat");
    }
}
