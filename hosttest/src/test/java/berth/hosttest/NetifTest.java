package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Interfaces of containers, with real packets, on a host that has a network to itself. */
final class NetifTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    private static void hostReaches(String address) {
        await(address + " answers the host")
                .atMost(Running.PATIENCE)
                .until(() -> host.networkShell("busybox ping -c 1 -W 1 " + address)
                                .run()
                                .status()
                        == 0);
    }

    private static void reaches(String container, String address) {
        await(address + " answers " + container)
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec %s ping -c 1 -W 1 %s".formatted(container, address))
                                .status()
                        == 0);
    }

    private static String seenInside(String container, String interfaceName) {
        return host.osctl("ct exec %s ip addr show %s".formatted(container, interfaceName))
                .stdout();
    }

    private static void sees(String command, String pattern) {
        await(pattern + " is seen")
                .atMost(Running.PATIENCE)
                .until(
                        () -> host.networkShell(command).run().stdout(),
                        Pattern.compile(pattern).asPredicate());
    }

    private static void onHost(String script) {
        assertThat(host.networkShell(script).run()).succeeds();
    }

    @Test
    void anAddressBehindATransferNetworkAnswers() {
        host.given(
                "ct new --image busybox myct01",
                "ct netif new routed --via 10.100.10.100/30 myct01 eth1",
                "ct netif ip add myct01 eth1 1.2.3.4/32",
                "ct start myct01");

        hostReaches("1.2.3.4");
        reaches("myct01", "10.100.10.101");
    }

    @Test
    void routedAddressesOfBothFamiliesAnswer() {
        host.given(
                "ct new --image busybox web",
                "ct netif new routed --address 192.0.2.7/32 --address 2001:db8::7/128 web eth0",
                "ct start web");

        hostReaches("192.0.2.7");
        hostReaches("2001:db8::7");
    }

    @Test
    void addressesAreThereBeforeTheInitRuns() {
        host.given("ct new --image busybox web", "ct netif new routed --address 192.0.2.7/32 --mtu 1400 web eth0");
        host.given(
                "ct set init-cmd web /bin/sh -c 'ip addr > /root/at-first; ip route >> /root/at-first; exec /bin/busybox init'",
                "ct start web");

        await().atMost(Running.PATIENCE)
                .until(() ->
                        host.osctl("ct exec web cat /root/at-first").stdout().contains("default"));
        assertThat(host.osctl("ct exec web cat /root/at-first").stdout())
                .contains("lo", "LOOPBACK,UP", "eth0", "192.0.2.7/32", "mtu 1400", "default via 255.255.255.254");
    }

    @Test
    void aRebootInsideKeepsTheNetwork() {
        host.given("ct new --image busybox web", "ct netif new routed --address 192.0.2.7/32 web eth0", "ct start web");
        int init = host.initPid("web");

        host.given("ct restart --reboot web");
        host.awaitReboot("web", init);

        hostReaches("192.0.2.7");
    }

    @Test
    void everyChangeHoldsAtOnceInARunningContainer() {
        host.given("ct new --image busybox web", "ct start web", "ct netif new routed web eth0");

        host.given("ct netif ip add web eth0 192.0.2.7/32");
        hostReaches("192.0.2.7");

        host.given("ct netif route add --via 192.0.2.7 web eth0 198.51.100.0/28");
        assertThat(host.networkShell("ip route get 198.51.100.1").run()).mentions("via 192.0.2.7");

        assertThat(host.osctl("ct netif ip del web eth0 192.0.2.7"))
                .fails(Status.INVALID)
                .complains("198.51.100.0/28", "192.0.2.7");
        host.given(
                "ct netif ip add web eth0 192.0.2.8/32",
                "ct netif route del web eth0 198.51.100.0/28",
                "ct netif ip del web eth0 192.0.2.7");
        assertThat(seenInside("web", "eth0")).contains("192.0.2.8").doesNotContain("192.0.2.7");
        hostReaches("192.0.2.8");

        host.given("ct netif rename web eth0 lan");
        assertThat(seenInside("web", "lan")).contains("192.0.2.8");
        hostReaches("192.0.2.8");

        host.given("ct netif del web lan");
        assertThat(host.networkShell("ip route").run()).prints("");
        assertThat(host.osctl("ct exec web ip link").stdout()).doesNotContain("lan");
    }

    @Test
    void aPrivatePairReachesEachOther() {
        host.given(
                "ct new --image busybox web",
                "ct netif new private --host-address 10.233.1.1 --host-address fd00:1::1 --local-address 10.233.1.2"
                        + " --local-address fd00:1::2 web eth0",
                "ct start web");

        hostReaches("10.233.1.2");
        hostReaches("fd00:1::2");
        reaches("web", "10.233.1.1");
        reaches("web", "fd00:1::1");
    }

    @Test
    void containersOnABridgeReachItAndEachOther() {
        onHost("ip link add br7 type bridge && ip addr add 10.7.0.1/24 dev br7 && ip link set br7 up");
        host.given(
                "ct new --image busybox a",
                "ct new --image busybox b",
                "ct netif new bridge --link br7 --address 10.7.0.2/24 a eth0",
                "ct netif new bridge --link br7 --address 10.7.0.3/24 b eth0",
                "ct start a b");

        reaches("a", "10.7.0.1");
        reaches("a", "10.7.0.3");
        assertThat(host.osctl("ct exec a ip route")).mentions("default via 10.7.0.1");

        host.given("ct del -f a b");
        onHost("ip link del br7");
    }

    @Test
    void aBridgeThatIsMissingIsNamedWhenTheContainerStarts() {
        host.given("ct new --image busybox web", "ct netif new bridge --link br9 web eth0");

        assertThat(host.osctl("ct start web").status()).isNotZero();
        assertThat(host.osctl("ct start web")).complains("web", "no link 'br9'", "eth0");

        assertThat(host.state("web")).isEqualTo("stopped");
        assertThat(host.runningResidue()).isEmpty();
    }

    @Test
    void aLinkOfTheHostIsLentAndGivenBack() {
        onHost("ip link add up0 type veth peer name far0 && ip addr add 10.8.0.1/24 dev far0 && ip link set far0 up");
        host.given(
                "ct new --image busybox web",
                "ct netif new physical --link up0 --address 10.8.0.2/24 web eth0",
                "ct start web");

        reaches("web", "10.8.0.1");
        assertThat(host.networkShell("ip link show up0").run().status()).isNotZero();

        host.given("ct stop --kill web");
        assertThat(host.networkShell("ip link show up0").run()).succeeds();

        host.given("ct netif del web eth0");
        onHost("ip link del far0");
    }

    @Test
    void aMacvlanHasItsOwnAddressOnTheNetworkOfItsLink() {
        onHost("ip link add up0 type veth peer name far0 && ip addr add 10.8.0.1/24 dev far0 && ip link set far0 up"
                + " && ip link set up0 up");
        host.given(
                "ct new --image busybox web",
                "ct netif new macvlan --link up0 --hwaddr 02:00:00:00:00:08 --address 10.8.0.2/24 web eth0",
                "ct start web");

        reaches("web", "10.8.0.1");
        assertThat(host.networkShell("ip neigh show 10.8.0.2").run()).mentions("02:00:00:00:00:08");

        host.given("ct del -f web");
        onHost("ip link del far0");
    }

    @Test
    void anAddressThatAnotherContainerHasIsRefused() {
        host.given(
                "ct new --image busybox a",
                "ct new --image busybox b",
                "ct netif new routed --address 192.0.2.7/32 a eth0",
                "ct netif new routed b eth0");

        assertThat(host.osctl("ct netif ip add b eth0 192.0.2.7/24"))
                .fails(Status.IN_USE)
                .complains("192.0.2.7", "tank:a");

        assertThat(host.osctl("ct netif ip ls -H b")).prints("");
    }

    @Test
    void everyInterfaceOfAContainerIsReachedFromBeyondTheHost() {
        beyond();
        host.given(
                "ct new --image busybox web",
                "ct netif new routed --address 192.0.2.7/32 --address 2001:db8:1::7 web eth0",
                "ct netif new routed --address 192.0.2.8/32 --address 2001:db8:1::8 web eth1",
                "ct netif new routed --via 10.100.10.100/30 --address 192.0.2.9/32 web eth2",
                "ct start web",
                "ct netif new routed --address 192.0.2.10/32 web eth3");

        reachedFromBeyond("192.0.2.7");
        reachedFromBeyond("192.0.2.8");
        reachedFromBeyond("192.0.2.9");
        reachedFromBeyond("192.0.2.10");
        reachedFromBeyond("2001:db8:1::7");
        reachedFromBeyond("2001:db8:1::8");

        host.given(
                "ct netif ip del web eth1 192.0.2.8", "ct netif ip add web eth1 192.0.2.11", "ct netif del web eth3");
        reachedFromBeyond("192.0.2.11");
        reachedFromBeyond("2001:db8:1::8");
        assertThat(host.osctl("ct exec web ip rule").stdout())
                .contains("192.0.2.9", "192.0.2.11")
                .doesNotContain("192.0.2.8", "192.0.2.10");

        host.networkShell("ip link del up0; ip netns del " + far()).run();
    }

    /** A machine beyond the host's link up0, which has routes to 192.0.2.0/28 and 2001:db8:1::/64 by the host. */
    private static void beyond() {
        onHost(("ip netns add %1$s && ip link add up0 type veth peer name far0 netns %1$s"
                        + " && ip addr add 198.51.100.1/24 dev up0 && ip addr add 2001:db8:5::1/64 dev up0 nodad"
                        + " && ip link set up0 up && ip -n %1$s addr add 198.51.100.2/24 dev far0"
                        + " && ip -n %1$s addr add 2001:db8:5::2/64 dev far0 nodad && ip -n %1$s link set far0 up"
                        + " && ip -n %1$s route add 192.0.2.0/28 via 198.51.100.1"
                        + " && ip -n %1$s route add 2001:db8:1::/64 via 2001:db8:5::1")
                .formatted(far()));
    }

    private static String far() {
        return host.instance() + "far";
    }

    private static void reachedFromBeyond(String address) {
        await(address + " answers from beyond the host")
                .atMost(Running.PATIENCE)
                .until(() -> host.shell("ip netns exec %s busybox ping -c 1 -W 1 %s".formatted(far(), address))
                                .run()
                                .status()
                        == 0);
    }

    @Test
    void whatTheHostLostWhileTheDaemonWasAwayIsPutBack() {
        host.given("ct new --image busybox web", "ct netif new routed --address 192.0.2.7/32 web eth0", "ct start web");

        String veth = host.json("ct netif show web eth0").get("veth").asString();
        host.killDaemon();
        onHost("ip route del 192.0.2.7; ip route add 203.0.113.0/24 proto static dev " + veth);
        host.startDaemon();

        hostReaches("192.0.2.7");
        assertThat(host.networkShell("ip route").run()).doesNotMention("203.0.113.0");
    }

    @Test
    void aRebootWhileTheDaemonIsAwayHasItsNetworkWhenTheDaemonIsBack() {
        host.given("ct new --image busybox web", "ct netif new routed --address 192.0.2.7/32 web eth0", "ct start web");
        int init = host.initPid("web");

        host.killDaemon();
        Running.signal(init, "TERM");
        host.startDaemon();
        host.awaitReboot("web", init);

        hostReaches("192.0.2.7");
    }

    /** The kernel keeps the network of a container whose last words nobody has taken yet. */
    @Test
    void aConnectionThatHangsKeepsNoRouteToAStoppedContainer() {
        host.given("ct new --image busybox web", "ct netif new routed --address 192.0.2.7/32 web eth0", "ct start web");
        hostReaches("192.0.2.7");
        host.networkShell("exec busybox nc -l -p 7777 -e sleep 60").start();
        sees("busybox netstat -tln", ":7777 ");
        host.command("ct exec web sh -c 'yes | nc 255.255.255.254 7777'").start();
        // More was sent than fits anywhere.
        sees("busybox netstat -tn", "tcp +\\d{5,} +0 .*:7777 ");

        host.given("ct stop --kill web");

        assertThat(host.networkShell("ip route").run()).prints("");
        await("no end of its interface")
                .atMost(Running.PATIENCE)
                .until(
                        () -> host.networkShell("ip -br link show type veth")
                                .run()
                                .stdout(),
                        String::isEmpty);
    }

    @Test
    void aLongNameAndFiftyInterfacesAreNoTrouble() {
        String name = "a-container-with-a-name-of-many-letters";
        host.given("ct new --image busybox " + name);
        IntStream.range(0, 50)
                .forEach(i -> host.given(
                        "ct netif new private --host-address 10.9.%1$d.1 --local-address 10.9.%1$d.2 %2$s net%1$d"
                                .formatted(i, name)));

        host.given("ct start " + name);

        hostReaches("10.9.0.2");
        hostReaches("10.9.49.2");
        assertThat(host.json("ct netif ls " + name)).hasSize(50);
    }

    @Test
    void theSameIdOnTwoPoolsHasInterfacesOfItsOwn() {
        host.given(
                "pool install --path %s other".formatted(host.pool("other")),
                "image build busybox --pool other",
                "ct new --image busybox tank:web",
                "ct new --image busybox other:web",
                "ct netif new routed --address 192.0.2.1/32 tank:web eth0",
                "ct netif new routed --address 192.0.2.2/32 other:web eth0",
                "ct start tank:web other:web");

        hostReaches("192.0.2.1");
        hostReaches("192.0.2.2");

        host.given("ct del -f other:web", "pool uninstall other");
        assertThat(host.shell("rm -rf " + host.pool("other")).run()).succeeds();
    }

    @Test
    void aChangeThatCannotBeHadIsNotConfigured() {
        host.given("ct new --image busybox web", "ct start web", "ct netif new routed --address 192.0.2.7/32 web eth0");

        assertThat(host.osctl("ct netif new bridge --link br9 --address 10.9.9.9/24 web eth1"))
                .fails(Status.NOT_FOUND)
                .complains("br9");

        assertThat(host.json("ct netif ls web")).hasSize(1);
        hostReaches("192.0.2.7");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        host.given("ct new --image busybox web", "ct netif new routed web eth0");
        for (List<String> refused : List.of(
                List.of("ct netif new routed web eth0", "eth0"),
                List.of("ct netif new routed web lo", "lo"),
                List.of("ct netif new routed web sixteen-letters-", "sixteen-letters-"),
                List.of("ct netif new routed --hwaddr 01:00:00:00:00:00 web eth1", "01:00"),
                List.of("ct netif new routed --via 10.0.0.0/32 web eth1", "10.0.0.0/32"),
                List.of("ct netif new routed --mtu 10 web eth1", "10"),
                List.of("ct netif new routed --max-tx plenty web eth1", "plenty"),
                List.of("ct netif ip add web eth0 1.2.3.4/33", "1.2.3.4"),
                List.of("ct netif ip add web eth0 1.2.3", "1.2.3"),
                List.of("ct netif ip add web eth9 1.2.3.4", "eth9"),
                List.of("ct netif ip del web eth0 1.2.3.4", "1.2.3.4"),
                List.of("ct netif route add web eth0 nowhere", "nowhere"),
                List.of("ct netif set --gateway-v4 ::1 web eth0", "::1"),
                List.of("ct netif del web eth9", "eth9"))) {
            Result result = host.osctl(refused.getFirst());

            assertThat(result.status()).as("%s", result).isNotIn(0, 70);
            assertThat(result).complains(refused.getLast());
        }
        assertThat(host.json("ct netif ls web")).hasSize(1);
    }
}
