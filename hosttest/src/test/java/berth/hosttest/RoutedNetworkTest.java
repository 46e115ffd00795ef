package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers with addresses of their own in the world: a router beyond the host's link up0 reaches them, and they it. */
final class RoutedNetworkTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    /** The router's addresses; the host is 198.51.100.1 and 2001:db8:5::1. */
    private static final String ROUTER_4 = "198.51.100.2";

    private static final String ROUTER_6 = "2001:db8:5::2";
    /** Part of the prefix that the router takes to be on the link. */
    private static final String ON_LINK = "2001:db8:5::c:0/112";

    private static final String FIRST_ON_LINK = "2001:db8:5::c:100";

    private static String far() {
        return host.instance() + "far";
    }

    @BeforeEach
    void thereIsARouter() {
        onHost("ip netns add %1$s && ip link add up0 type veth peer name far0 netns %1$s"
                + " && ip addr add 198.51.100.1/24 dev up0 && ip addr add 2001:db8:5::1/64 dev up0 nodad && ip link set up0 up"
                + " && ip -n %1$s addr add 198.51.100.2/24 dev far0 && ip -n %1$s addr add 2001:db8:5::2/64 dev far0 nodad"
                + " && ip -n %1$s link set lo up && ip -n %1$s link set far0 up");
    }

    @AfterEach
    void theRouterGoes() {
        host.networkShell("ip link del up0; ip link del up1; ip netns del " + far())
                .run();
    }

    private static void onHost(String script) {
        assertThat(host.networkShell(script.formatted(far())).run()).succeeds();
    }

    private static int fromRouter(String address) {
        return host.shell("ip netns exec %s busybox ping -c 1 -W 2 %s".formatted(far(), address))
                .run()
                .status();
    }

    private static void routerReaches(String address) {
        await("the router reaches " + address).atMost(Running.PATIENCE).until(() -> fromRouter(address) == 0);
    }

    private static void reachesRouter(String container, String address) {
        await(container + " reaches " + address)
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec %s ping -c 1 -W 2 %s".formatted(container, address))
                                .status()
                        == 0);
    }

    private static void running(String container, String network) {
        host.given(
                "ct new --image busybox " + container,
                "ct netif new bridge --link %s %s eth0".formatted(network, container),
                "ct start " + container);
    }

    private static Result proxies() {
        return host.networkShell("ip -6 neigh show proxy").run();
    }

    @Test
    void aRouteReachesContainersAndNothingIsTranslated() {
        host.given("network new routed --subnet 192.0.2.0/28 --subnet 2001:db8:7::/64 pub0");
        running("web", "pub0");
        onHost("ip -n %1$s route add 192.0.2.0/28 via 198.51.100.1"
                + " && ip -n %1$s route add 2001:db8:7::/64 via 2001:db8:5::1");

        routerReaches("192.0.2.8");
        routerReaches("2001:db8:7::100");
        reachesRouter("web", ROUTER_4);
        reachesRouter("web", ROUTER_6);
        assertThat(proxies()).prints("");
    }

    @Test
    void aRouterThatTakesContainersToBeOnTheLinkReachesThem() {
        host.given("network new routed --subnet %s --uplink up0 pub0".formatted(ON_LINK));
        running("web", "pub0");

        routerReaches(FIRST_ON_LINK);
        reachesRouter("web", ROUTER_6);

        host.given("ct netif ip add web eth0 2001:db8:5::c:77");
        routerReaches("2001:db8:5::c:77");
        host.given("ct netif ip del web eth0 2001:db8:5::c:77");
        assertThat(proxies()).mentions(FIRST_ON_LINK).doesNotMention("c:77");

        host.given("ct stop --kill web");
        assertThat(fromRouter(FIRST_ON_LINK)).isNotZero();

        host.given("ct del web", "network del pub0");
        assertThat(proxies()).prints("");
        assertThat(host.networkShell("cat /proc/sys/net/ipv6/conf/up0/proxy_ndp")
                        .run()
                        .stdout())
                .isEqualTo("0\n");
    }

    @Test
    void theHostAnswersForContainersAgainAfterItsDaemonWasAway() {
        host.given("network new routed --subnet %s --uplink up0 pub0".formatted(ON_LINK));
        running("web", "pub0");
        host.killDaemon();
        routerReaches(FIRST_ON_LINK);
        onHost("ip -6 neigh del proxy %s dev up0 && ip -6 neigh add proxy 2001:db8:5::c:99 dev up0"
                .formatted(FIRST_ON_LINK));

        host.startDaemon();

        routerReaches(FIRST_ON_LINK);
        assertThat(proxies()).doesNotMention("c:99");
    }

    @Test
    void whetherTheHostAnswersForContainersCanBeChosen() {
        host.given("network new routed --subnet %s --uplink up0 pub0".formatted(ON_LINK));
        running("web", "pub0");
        assertThat(proxies()).mentions(FIRST_ON_LINK);

        host.given("network set --ndp-proxy off pub0");
        assertThat(proxies()).prints("");

        host.given("network set --ndp-proxy on pub0");
        routerReaches(FIRST_ON_LINK);

        assertThat(host.osctl("network set --uplink none pub0"))
                .fails(Status.INVALID)
                .complains("pub0", "--uplink");
        assertThat(host.osctl("network set --ndp-proxy perhaps pub0"))
                .fails(Status.INVALID)
                .complains("perhaps");
    }

    @Test
    void aDaemonThatDiesBeforeItAnswersNoLongerDoesNotWhenItIsBack() {
        host.given("network new routed --subnet %s --uplink up0 pub0".formatted(ON_LINK));
        running("web", "pub0");

        host.letDaemonDieAt("network/before:change network");
        assertThat(host.osctl("network set --ndp-proxy off pub0")).fails(Status.DAEMON_WENT_AWAY);
        host.restartDeadDaemon();

        assertThat(proxies()).prints("");
        assertThat(host.json("network show pub0").get("ndp_proxy").asString()).isEqualTo("off");
    }

    @Test
    void aSubnetOfTheHostsLinkIsRefusedUnlessThatIsTheUplink() {
        assertThat(host.osctl("network new routed --subnet %s pub0".formatted(ON_LINK)))
                .fails(Status.IN_USE)
                .complains("up0", "2001:db8:5::/64");
        assertThat(host.osctl("network new routed --subnet 2001:db8:5::/64 --uplink up0 pub0"))
                .fails(Status.IN_USE);
    }

    @Test
    void containersLeaveByTheUplinkOnly() {
        onHost(
                "ip link add up1 type veth peer name far1 netns %1$s && ip addr add 203.0.113.1/24 dev up1"
                        + " && ip link set up1 up && ip -n %1$s addr add 203.0.113.2/24 dev far1 && ip -n %1$s link set far1 up");
        host.given("network new nat --subnet 10.77.5.0/24 --uplink up0 net0");
        running("web", "net0");

        reachesRouter("web", ROUTER_4);
        assertThat(host.osctl("ct exec web ping -c 1 -W 1 203.0.113.2").status())
                .isNotZero();

        host.given("network set --uplink up1 net0");
        reachesRouter("web", "203.0.113.2");
        assertThat(host.osctl("ct exec web ping -c 1 -W 1 " + ROUTER_4).status())
                .isNotZero();
    }

    @Test
    void anUplinkThatIsMissingIsNamedByTheCheck() {
        host.given("network new nat --subnet 10.77.5.0/24 --uplink up9 net0");

        Result check = host.osctl("network check");

        assertThat(check.status()).isEqualTo(1);
        assertThat(check.stdout()).contains("net0", "up9");
    }

    @Test
    void theHostPassesPacketsOnAsLongAsSomethingNeedsIt() {
        forwarding("0");
        host.given(
                "network new nat --subnet 10.77.5.0/24 net0",
                "ct new --image busybox web",
                "ct netif new routed --address 192.0.2.99/32 --address 2001:db8:9::9 web eth0",
                "ct start web");
        assertThat(forwarding()).isEqualTo("1 1");

        host.given("network del net0", "ct netif ip del web eth0 2001:db8:9::9");
        assertThat(forwarding()).isEqualTo("1 0");

        host.killDaemon();
        host.startDaemon();
        assertThat(forwarding()).isEqualTo("1 0");

        host.given("ct del -f web");
        assertThat(forwarding()).isEqualTo("0 0");
    }

    @Test
    void whatWasSwitchedOnBeforeOrOthersMayCountOnStaysOn() {
        forwarding("1");
        host.given("network new nat --subnet 10.77.5.0/24 net0", "network del net0");
        assertThat(forwarding()).isEqualTo("1 1");

        forwarding("0");
        host.given("network new nat --subnet 10.77.5.0/24 net0");
        onHost("ip link add docker0 type bridge");
        host.given("network del net0");
        assertThat(forwarding()).isEqualTo("1 0");

        onHost("ip link del docker0");
        host.given("network new nat --subnet 10.77.5.0/24 net0", "network del net0");
        assertThat(forwarding()).isEqualTo("0 0");
    }

    private static void forwarding(String value) {
        onHost("for s in ipv4/ip_forward ipv6/conf/all/forwarding; do echo %s >/proc/sys/net/$s; done"
                .formatted(value));
    }

    /** Of IPv4 and of IPv6. */
    private static String forwarding() {
        return host.networkShell("cd /proc/sys/net; echo $(cat ipv4/ip_forward ipv6/conf/all/forwarding)")
                .run()
                .stdout()
                .strip();
    }
}
