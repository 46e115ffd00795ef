package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.KernelException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class TrafficShapingTest {
    private static final int VETH = 100;
    private static final int IFB = 101;
    private static final long MEGABYTE = 1_000_000;
    private static final long TEN_GIGABYTES = 10_000_000_000L;

    private final TestNetwork network = new TestNetwork();

    @BeforeEach
    void makeLink() {
        network.socket()
                .send(Links.createVeth(NewLink.named("veth0").withIndex(VETH).withUp(), NewLink.named("eth0")));
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void sendingIsLimitedChangedAndUnlimited() {
        network.socket().send(TrafficShaping.limitSending(VETH, MEGABYTE));
        assertThat(queues()).contains("\"kind\":\"tbf\"", "\"rate\":1000000,", "\"burst\":327");

        network.socket().send(TrafficShaping.limitSending(VETH, TEN_GIGABYTES));
        assertThat(queues()).contains("\"kind\":\"tbf\"", "\"rate\":10000000000,", "\"burst\":671");

        network.socket().send(TrafficShaping.unlimitSending(VETH));
        assertThat(queues()).contains("noqueue").doesNotContain("tbf");
    }

    @Test
    void unlimitingWhatHasNoLimitSaysSo() {
        assertThatThrownBy(() -> network.socket().send(TrafficShaping.unlimitSending(VETH)))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("unlimit sending of '#100': ");
        assertThatThrownBy(() -> network.socket().send(TrafficShaping.unpassReceived(VETH)))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("unlimit receiving of '#100': ");
    }

    @Test
    void whatIsReceivedGoesThroughAnotherLink() {
        network.socket()
                .send(
                        Links.create("ifb", NewLink.named("ifb7").withIndex(IFB).withUp()),
                        TrafficShaping.limitSending(IFB, MEGABYTE));

        network.socket().send(TrafficShaping.passReceived(VETH, IFB));
        assertThat(filters()).contains("u32", "match 00000000/00000000", "Egress Redirect to device ifb7");

        network.socket().send(TrafficShaping.unpassReceived(VETH));
        assertThat(filters()).isEmpty();
    }

    private String queues() {
        return network.run("tc", "-j", "qdisc", "show", "dev", "veth0");
    }

    private String filters() {
        return network.run("tc", "filter", "show", "dev", "veth0", "ingress");
    }
}
