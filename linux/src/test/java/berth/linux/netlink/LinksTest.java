package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class LinksTest {
    private static final MacAddress HOST_MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress CONTAINER_MAC = MacAddress.parse("00:16:3e:aa:bb:cc");

    private final TestNetwork host = new TestNetwork();
    private final TestNetwork container = new TestNetwork();

    @AfterEach
    void close() {
        container.close();
        host.close();
    }

    @Test
    void aNewNetworkHasItsLoopbackOnly() {
        assertThat(host.socket().links()).extracting(Link::name).containsExactly("lo");
        assertThat(host.link("lo").isUp()).isFalse();
        assertThat(host.socket().addresses()).isEmpty();
    }

    @Test
    void aVethIsMadeWithItsOtherEndInAnotherNamespace() {
        host.socket()
                .send(Links.createVeth(
                        NewLink.named("vethA")
                                .withIndex(4)
                                .withMac(HOST_MAC)
                                .withMtu(1400)
                                .withQueues(2, 3)
                                .withUp(),
                        NewLink.named("eth0")
                                .withNamespace(container.namespace())
                                .withMac(CONTAINER_MAC)
                                .withMtu(1300)
                                .withTxQueueLength(77)
                                .withIndex(5)));
        container.socket().send(Links.up(LinkId.of(5)));

        Link one = host.link("vethA");
        Link other = container.link("eth0");

        assertThat(one.kind()).isEqualTo("veth");
        assertThat(one.mac()).contains(HOST_MAC);
        assertThat(one.mtu()).isEqualTo(1400);
        assertThat(one.txQueues()).isEqualTo(2);
        assertThat(one.rxQueues()).isEqualTo(3);
        assertThat(one.isUp()).isTrue();
        assertThat(one.isRunning()).isTrue();
        assertThat(one.peer()).hasValue(5);
        assertThat(one.peerNamespace()).isPresent();
        assertThat(other.index()).isEqualTo(5);
        assertThat(other.mac()).contains(CONTAINER_MAC);
        assertThat(other.mtu()).isEqualTo(1300);
        assertThat(other.txQueueLength()).isEqualTo(77);
        assertThat(other.peer()).hasValue(one.index());
        assertThat(container.run("ip", "-j", "link", "show", "eth0"))
                .contains("\"ifname\":\"eth0\"", "\"mtu\":1300", "\"address\":\"00:16:3e:aa:bb:cc\"", "\"txqlen\":77");
    }

    @Test
    void deletingOneEndDeletesTheOther() {
        host.socket()
                .send(Links.createVeth(
                        NewLink.named("vethA"), NewLink.named("eth0").withNamespace(container.namespace())));

        container.socket().send(Links.delete(LinkId.of("eth0")));

        assertThat(host.socket().link(LinkId.of("vethA"))).isEmpty();
    }

    @Test
    void aBatchUsesTheIndexThatItsOwnFirstRequestChose() {
        host.socket()
                .send(
                        Links.createBridge(NewLink.named("br0").withIndex(100).withUp(), Set.of()),
                        Links.createVeth(
                                NewLink.named("vethA")
                                        .withIndex(101)
                                        .withMaster(100)
                                        .withUp(),
                                NewLink.named("eth0").withNamespace(container.namespace())),
                        Links.addAltNames(LinkId.of(101), "a rather long name".replace(' ', '-')),
                        Links.setPort(
                                LinkId.of(101),
                                EnumSet.of(BridgePortFlag.ISOLATED),
                                EnumSet.of(BridgePortFlag.LEARNING)),
                        Addresses.add(InterfaceAddress.of(100, IpPrefix.parse("10.0.0.1/24"))));

        assertThat(host.link("a-rather-long-name").master()).hasValue(100);
        assertThat(host.run("ip", "-j", "-d", "link", "show", "vethA"))
                .contains("\"isolated\":true", "\"learning\":false", "\"hairpin\":false");
        assertThat(host.run("ip", "-j", "addr", "show", "br0")).contains("\"local\":\"10.0.0.1\",\"prefixlen\":24");
    }

    @Test
    void aBatchGoesOnAfterAFailureAndReportsEach() {
        assertThatThrownBy(() -> host.socket()
                        .send(
                                Links.up(LinkId.of("none")),
                                Links.createBridge(NewLink.named("br0"), Set.of()),
                                Links.setMtu(LinkId.of(4711), 1400)))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ENODEV)).isTrue())
                .hasMessage("set up 'none': no such device (ENODEV)")
                .satisfies(e ->
                        assertThat(e.getSuppressed()[0]).hasMessage("set MTU of '#4711': no such device (ENODEV)"));

        assertThat(host.link("br0").kind()).isEqualTo("bridge");
    }

    @Test
    void anErrorSaysWhatTheKernelSays() {
        host.socket().send(Links.createBridge(NewLink.named("br0").withIndex(100), Set.of()));

        assertThatThrownBy(() -> host.socket().send(Links.setMtu(LinkId.of("br0"), 99_999_999)))
                .isInstanceOf(KernelException.class)
                .hasMessage("set MTU of 'br0': invalid argument (EINVAL): mtu greater than device maximum");
    }

    @Test
    void hundredsOfRequestsGoInOneCall() {
        host.socket().send(Links.createBridge(NewLink.named("br0").withIndex(100), Set.of()));
        List<Request> many = IntStream.range(0, 600)
                .mapToObj(i -> Addresses.add(
                        InterfaceAddress.of(100, IpPrefix.parse("10.0." + i / 200 + "." + i % 200 + "/32"))))
                .toList();

        host.socket().send(many);

        assertThat(host.socket().addresses()).hasSize(600);
    }

    @Test
    void aBridgeForwardsAtOnceAndHasTheFeaturesAskedFor() {
        host.socket()
                .send(
                        Links.createBridge(NewLink.named("br0"), Set.of()),
                        Links.createBridge(NewLink.named("br1"), EnumSet.of(BridgeFeature.MULTICAST_SNOOPING)));

        assertThat(host.run("ip", "-j", "-d", "link", "show", "br0"))
                .contains("\"forward_delay\":0", "\"stp_state\":0", "\"vlan_filtering\":0", "\"mcast_snooping\":0");
        assertThat(host.run("ip", "-j", "-d", "link", "show", "br1")).contains("\"mcast_snooping\":1");
    }

    @Test
    void aMacvlanIsMadeInTheContainer() {
        host.socket()
                .send(
                        Links.createBridge(
                                NewLink.named("parent").withIndex(100).withUp(), Set.of()),
                        Links.createMacvlan(
                                NewLink.named("eth0")
                                        .withNamespace(container.namespace())
                                        .withMac(CONTAINER_MAC)
                                        .withUp(),
                                100));

        Link macvlan = container.link("eth0");

        assertThat(macvlan.kind()).isEqualTo("macvlan");
        assertThat(macvlan.peer()).hasValue(100);
        assertThat(macvlan.mac()).contains(CONTAINER_MAC);
        assertThat(macvlan.isUp()).isTrue();
        assertThat(container.run("ip", "-j", "-d", "link", "show", "eth0")).contains("\"mode\":\"bridge\"");
    }

    @Test
    void aLinkIsChangedByItsName() {
        host.socket().send(Links.createBridge(NewLink.named("br0").withIndex(100), Set.of()));
        LinkId link = LinkId.of("br0");

        host.socket()
                .send(
                        Links.setMac(link, HOST_MAC),
                        Links.setMtu(link, 1280),
                        Links.setAlias(link, "as wide as it is long"),
                        Links.setTxQueueLength(link, 17),
                        Links.up(link),
                        Links.rename(100, "br1"));

        Link changed = host.link("br1");
        assertThat(changed.mac()).contains(HOST_MAC);
        assertThat(changed.mtu()).isEqualTo(1280);
        assertThat(changed.alias()).isEqualTo("as wide as it is long");
        assertThat(changed.txQueueLength()).isEqualTo(17);
        assertThat(changed.isUp()).isTrue();

        host.socket().send(Links.down(changed.id()));
        assertThat(host.link("br1").isUp()).isFalse();
    }

    @Test
    void altNamesComeAndGo() {
        host.socket().send(Links.createBridge(NewLink.named("br0"), Set.of()));
        String longest = "x".repeat(LinkNames.MAX_ALT_NAME);

        host.socket().send(Links.addAltNames(LinkId.of("br0"), "first-name-of-it", longest));
        assertThat(host.link(longest).altNames()).containsExactlyInAnyOrder("first-name-of-it", longest);

        host.socket().send(Links.removeAltNames(LinkId.of(longest), longest));
        assertThat(host.link("br0").altNames()).containsExactly("first-name-of-it");
        assertThat(host.socket().link(LinkId.of(longest))).isEmpty();
    }

    @Test
    void aLinkMovesToAnotherNamespaceAndBack() {
        host.socket().send(Links.createVeth(NewLink.named("a").withIndex(100), NewLink.named("b")));

        host.socket().send(Links.move(100, container.namespace(), "eth0"));

        assertThat(host.socket().link(LinkId.of("a"))).isEmpty();
        Link moved = container.link("eth0");
        assertThat(moved.kind()).isEqualTo("veth");

        container.socket().send(Links.move(moved.index(), host.namespace(), "back"));
        assertThat(host.link("back").kind()).isEqualTo("veth");
    }

    @Test
    void aPortIsAttachedAndDetached() {
        host.socket()
                .send(
                        Links.createBridge(NewLink.named("br0").withIndex(100), Set.of()),
                        Links.createVeth(NewLink.named("a"), NewLink.named("b")),
                        Links.attach(LinkId.of("a"), 100));
        assertThat(host.link("a").master()).hasValue(100);

        host.socket().send(Links.detach(LinkId.of("a")));
        assertThat(host.link("a").master()).isEmpty();
    }

    @Test
    void theKernelHasTheLinkOfTheCallersOwnNamespaceToo() {
        try (RouteSocket here = RouteSocket.open()) {
            assertThat(here.link(LinkId.of("lo")).orElseThrow().index()).isEqualTo(1);
        }
    }
}
