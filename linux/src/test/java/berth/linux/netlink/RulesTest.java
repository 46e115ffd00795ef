package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.KernelException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class RulesTest {
    private static final Rule FROM_4 = new Rule(IpPrefix.parse("192.0.2.8/32"), 10_007, 10_000);
    private static final Rule FROM_6 = new Rule(IpPrefix.parse("2001:db8::/64"), 7, 10_000);

    private final TestNetwork network = new TestNetwork();

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void rulesAreListedAsTheyWereAdded() {
        network.socket().send(Rules.add(FROM_4), Rules.add(FROM_6));

        assertThat(network.socket().rules())
                .contains(FROM_4, FROM_6, new Rule(IpPrefix.ANY_4, Route.MAIN_TABLE, 32_766));
        assertThat(network.run("ip", "-d", "rule")).contains("10000:\tfrom 192.0.2.8 lookup 10007 proto kernel");
        assertThat(network.run("ip", "-6", "-d", "rule")).contains("10000:\tfrom 2001:db8::/64 lookup 7 proto kernel");

        network.socket().send(Rules.delete(FROM_4), Rules.delete(FROM_6));
        assertThat(network.socket().rules()).doesNotContain(FROM_4, FROM_6);
    }

    @Test
    void aRuleIsThereOnce() {
        network.socket().send(Rules.add(FROM_4));

        assertThatThrownBy(() -> network.socket().send(Rules.add(FROM_4)))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.EEXIST)).isTrue());
        network.socket().send(Rules.delete(FROM_4));
        assertThatThrownBy(() -> network.socket().send(Rules.delete(FROM_4)))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ENOENT)).isTrue());
    }

    @Test
    void aLastingRouteIsMarkedAsTheKernels() {
        network.socket()
                .send(
                        Links.createVeth(NewLink.named("eth0").withIndex(100).withUp(), NewLink.named("other")),
                        Links.up(LinkId.of("other")));
        Route route = Route.direct(IpPrefix.parse("192.0.2.0/24"), 100).withTable(10_007);

        network.socket().send(Routes.replaceLasting(route));
        assertThat(network.run("ip", "route", "show", "table", "10007")).contains("192.0.2.0/24 dev eth0 proto kernel");

        network.socket().send(Routes.deleteLasting(route));
        assertThat(network.run("ip", "route", "show", "table", "all")).doesNotContain("192.0.2.0/24");
    }
}
