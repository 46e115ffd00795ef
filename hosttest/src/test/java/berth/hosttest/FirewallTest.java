package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules as other programs make them: what {@code network check} says of them, and that its advice helps. */
final class FirewallTest {
    @RegisterExtension
    static final Host host = Host.withBusyboxInNetworkOfItsOwn();

    private static final String WORLD = "198.51.100.2";

    private static String far() {
        return host.instance() + "far";
    }

    /** A container on a network with NAT, and a machine that the host reaches by another link. */
    @BeforeEach
    void aContainerThatReachesTheWorld() {
        onHost(("ip netns add %1$s && ip link add up0 type veth peer name far0 netns %1$s"
                        + " && ip addr add 198.51.100.1/24 dev up0 && ip link set up0 up"
                        + " && ip -n %1$s addr add 198.51.100.2/24 dev far0 && ip -n %1$s link set far0 up")
                .formatted(far()));
        host.given(
                "network new nat --subnet 10.77.5.0/24 net0",
                "ct new --image busybox a",
                "ct netif new bridge --link net0 a eth0",
                "ct start a");
        reaches(WORLD);
    }

    @AfterEach
    void noRulesAndNoWorld() {
        host.networkShell("nft delete table inet firewalld; nft delete table ip filter; ip link del up0; ip netns del "
                        + far())
                .run();
    }

    private static int ping(String address) {
        return host.osctl("ct exec a ping -c 1 -W 1 " + address).status();
    }

    private static void reaches(String address) {
        await(address + " answers a").atMost(Running.PATIENCE).until(() -> ping(address) == 0);
    }

    private static void onHost(String script) {
        assertThat(host.networkShell(script).run()).succeeds();
    }

    private static String complaint() {
        Result check = host.osctl("network check -H");
        assertThat(check.status()).isEqualTo(1);
        return check.stdout();
    }

    private static void helps(String script) {
        onHost(script);
        reaches(WORLD);
        assertThat(host.osctl("network check")).succeeds();
    }

    @Test
    void dockersForwardChain() {
        onHost("""
                iptables -P FORWARD DROP
                iptables -N DOCKER
                iptables -N DOCKER-USER
                iptables -A FORWARD -j DOCKER-USER
                iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                iptables -A FORWARD -o docker0 -j DOCKER
                iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
                iptables -A DOCKER-USER -j RETURN
                """);

        assertThat(ping(WORLD)).isNotZero();
        assertThat(complaint())
                .contains("net0", "ip filter FORWARD", "Docker", "'iptables -I DOCKER-USER -i net0 -j ACCEPT'");

        onHost("iptables -I DOCKER-USER -i net0 -j ACCEPT");
        assertThat(ping(WORLD)).isNotZero();
        assertThat(complaint()).contains("'iptables -I DOCKER-USER -o net0 -j ACCEPT'");

        helps("iptables -I DOCKER-USER -o net0 -j ACCEPT");
    }

    @Test
    void ufwsChains() {
        onHost("""
                iptables -P FORWARD DROP
                iptables -P INPUT DROP
                for chain in before-input user-input before-forward user-forward; do iptables -N ufw-$chain; done
                iptables -A INPUT -j ufw-before-input
                iptables -A FORWARD -j ufw-before-forward
                iptables -A ufw-before-input -i lo -j ACCEPT
                iptables -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                iptables -A ufw-before-input -j ufw-user-input
                iptables -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                iptables -A ufw-before-forward -j ufw-user-forward
                """);

        assertThat(ping(WORLD)).isNotZero();
        assertThat(host.osctl("ct exec a nslookup a.net0 10.77.5.1").status()).isNotZero();
        assertThat(complaint()).contains("'ufw route allow in on net0'", "'ufw allow in on net0'");

        // What those two commands add.
        helps("iptables -A ufw-user-forward -i net0 -j ACCEPT; iptables -A ufw-user-input -i net0 -j ACCEPT");
        assertThat(host.osctl("ct exec a nslookup a.net0 10.77.5.1")).succeeds();
    }

    @Test
    void firewalldsZones() {
        Host.write(host.scratch().resolve("firewalld.nft"), """
                table inet firewalld {
                  chain filter_FWD_public { meta l4proto { icmp, ipv6-icmp } reject; }
                  chain filter_FWD_trusted { accept; }
                  chain filter_IN_public { tcp dport 22 accept; }
                  chain filter_IN_trusted { accept; }
                  chain filter_INPUT_ZONES { goto filter_IN_public; }
                  chain filter_FORWARD_ZONES { goto filter_FWD_public; }
                  chain filter_INPUT {
                    type filter hook input priority filter + 10; policy accept;
                    ct state { established, related } accept
                    iifname "lo" accept
                    jump filter_INPUT_ZONES
                    ct state invalid drop
                    reject with icmpx type admin-prohibited
                  }
                  chain filter_FORWARD {
                    type filter hook forward priority filter + 10; policy accept;
                    ct state { established, related } accept
                    iifname "lo" accept
                    jump filter_FORWARD_ZONES
                    ct state invalid drop
                    reject with icmpx type admin-prohibited
                  }
                }
                """);
        onHost("nft -f firewalld.nft");

        assertThat(ping(WORLD)).isNotZero();
        assertThat(complaint())
                .contains("inet firewalld filter_FORWARD", "inet firewalld filter_INPUT", "--add-interface=net0");

        // What that command adds.
        helps("nft insert rule inet firewalld filter_FORWARD_ZONES iifname net0 goto filter_FWD_trusted;"
                + " nft insert rule inet firewalld filter_INPUT_ZONES iifname net0 goto filter_IN_trusted");
    }
}
