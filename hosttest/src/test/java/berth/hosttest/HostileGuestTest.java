package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A container on a managed network that attacks it: neither the host nor another container notices. */
final class HostileGuestTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    private static final String GATEWAY = "10.77.5.1";
    private static final String LEASE = "udhcpc -i eth0 -n -q -t 3 -T 1";

    /** {@code bad} is 10.77.5.2, {@code good} 10.77.5.3, and only isolation by ports does not hold them apart. */
    @BeforeEach
    void twoThatReachEachOther() {
        host.given("network new nat --subnet 10.77.5.1/16 --subnet fd00:77::/64 --intra allow net0");
        for (String[] one : List.of(new String[] {"bad", "2"}, new String[] {"good", "3"})) {
            host.given(
                    "ct new --image busybox " + one[0],
                    "ct netif new bridge --link net0 --address 10.77.5.%2$s --address fd00:77::%2$s %1$s eth0"
                            .formatted(one[0], one[1]),
                    "ct start " + one[0]);
        }
        reaches(GATEWAY);
        reaches("10.77.5.2");
    }

    private static void reaches(String address) {
        await(address + " answers good")
                .atMost(Running.PATIENCE)
                .until(() ->
                        host.osctl("ct exec good ping -c 1 -W 1 " + address).status() == 0);
    }

    /** By the network of bad, as its root can. */
    private static void badSends(String frames) {
        assertThat(host.shell("nsenter --net --target %d %s".formatted(host.initPid("bad"), Frames.by("eth0", frames)))
                        .run())
                .succeeds();
    }

    private static String onHost(String script) {
        Result result = host.networkShell(script).run();
        assertThat(result).succeeds();
        return result.stdout();
    }

    private static String macOf(String container) {
        return host.json("ct netif show %s eth0".formatted(container))
                .get("hwaddr")
                .asString();
    }

    /** Serves DHCP in bad, and stops the network's own service for as long as {@code good} asks. */
    private static void onlyBadServesLeases() {
        host.given(
                "ct exec bad sh -c 'printf \"start 10.77.5.50\\nend 10.77.5.60\\ninterface eth0\\noption router 10.77.5.2\\n"
                        + "option subnet 255.255.0.0\\nlease_file /root/leases\\n\" > /root/udhcpd.conf; touch /root/leases'");
        host.command("ct exec bad udhcpd -f /root/udhcpd.conf").start().complains("started");
        signalNameService("STOP");
    }

    private static void signalNameService(String signal) {
        assertThat(host.shell("pkill -%s -f '[/]run/%s/network/'".formatted(signal, host.instance()))
                        .run())
                .succeeds();
    }

    private static void noLeaseButTheNetworksOwn() {
        onlyBadServesLeases();
        assertThat(host.osctl("ct exec good " + LEASE).status()).isNotZero();

        signalNameService("CONT");
        await("a lease")
                .atMost(Running.PATIENCE)
                .until(
                        () -> host.osctl("ct exec good " + LEASE).stderr(),
                        e -> e.contains("lease of 10.77.5.3 obtained from " + GATEWAY));
    }

    @Test
    void aRogueDhcpServerGivesNobodyALease() {
        noLeaseButTheNetworksOwn();
    }

    @Test
    void norDoesItWhereContainersAreHeldApart() {
        host.given("network set --intra deny net0");

        noLeaseButTheNetworksOwn();
    }

    @Test
    void aRogueRouterIsBelievedByNobody() {
        badSends(Frames.routerAdvertisement());
        reaches(GATEWAY);
        assertThat(host.osctl("ct exec good ip -6 addr").stdout()).doesNotContain("2001:db8:bad");
        assertThat(onHost("ip -6 addr; ip -6 route")).doesNotContain("2001:db8:bad");

        // The host itself would be.
        onHost(Frames.by("net0", Frames.routerAdvertisement()));
        await("an address by the host's advertisement")
                .atMost(Running.PATIENCE)
                .until(() -> host.osctl("ct exec good ip -6 addr").stdout(), a -> a.contains("2001:db8:bad"));
    }

    @Test
    void nobodyTakesTheGatewaysAddress() {
        badSends(Frames.claimsToBe(GATEWAY));

        reaches(GATEWAY);
        assertThat(host.osctl("ct exec good ip neigh show " + GATEWAY).stdout()).doesNotContain(macOf("bad"));

        badSends(Frames.claimsToBe("10.77.5.3"));

        assertThat(onHost("ip neigh show 10.77.5.3")).doesNotContain(macOf("bad"));
        reaches(GATEWAY);
    }

    @Test
    void aFloodOfStationsThatAreNotThereFillsNoTable() {
        badSends(Frames.manyStations());

        assertThat(onHost("bridge fdb show br net0; ip neigh show")).doesNotContain("02:66:", "10.77.6.", "10.77.7.");
        reaches(GATEWAY);
        reaches("10.77.5.2");
    }

    @Test
    void theHostLooksForNobodyThatIsNotThere() {
        String router =
                host.networkShell("ip -br link show net0").run().stdout().split(" +")[2];

        badSends(Frames.toMissingStations(router, "10.77.5.2", "fd00:77:0:0:0:0:0:2"));

        assertThat(onHost("ip neigh show")).doesNotContain("10.77.6.", "10.77.7.", "fd00:77::6:");
        reaches(GATEWAY);
    }
}
