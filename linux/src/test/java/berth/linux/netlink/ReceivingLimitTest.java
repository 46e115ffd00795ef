package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** What is asked of the kernel, compared with what tc(8) of iproute2 6.1 asks; few test machines have the filter. */
class ReceivingLimitTest {
    private static final int TCMSG = 20;

    @Test
    void thePoliceActionIsLaidOutAsTheKernelReadsIt() {
        Request filter = TrafficShaping.limitReceiving(7, 1_000_000).getLast();

        Received message = Received.split(filter.message().bytes(1)).getFirst();
        assertThat(message.type()).isEqualTo(44);
        assertThat(message.u32(4)).isEqualTo(7);
        assertThat(message.u32(12)).isEqualTo(0xfffffff2);
        assertThat(message.u32(16)).isEqualTo(0x10300);
        assertThat(message.attributesAfter(TCMSG).text(1)).contains("matchall");
        Attributes action = message.attributesAfter(TCMSG).nested(2).nested(2).nested(1);
        assertThat(action.text(1)).contains("police");
        assertThat(action.nested(2).bytes(2))
                .hasValueSatisfying(table -> assertThat(table).hasSize(1024));
        assertThat(action.nested(2).has(8)).isFalse();
        ByteBuffer police =
                ByteBuffer.wrap(action.nested(2).bytes(1).orElseThrow()).order(ByteOrder.nativeOrder());
        assertThat(police.limit()).isEqualTo(56);
        assertThat(police.getInt(4)).isEqualTo(2);
        assertThat(police.getInt(12)).isEqualTo(new Rate(1_000_000).ticks(131_072));
        assertThat(police.getInt(16)).isZero();
        assertThat(police.getShort(20)).isEqualTo((short) 0x109);
        assertThat(police.getInt(28)).isEqualTo(1_000_000);
    }

    @Test
    void aRateOfMoreThan32BitsIsGivenTwice() {
        Request filter = TrafficShaping.limitReceiving(7, 10_000_000_000L).getLast();

        Received message = Received.split(filter.message().bytes(1)).getFirst();
        Attributes options =
                message.attributesAfter(TCMSG).nested(2).nested(2).nested(1).nested(2);
        assertThat(options.u64(8)).hasValue(10_000_000_000L);
        assertThat(ByteBuffer.wrap(options.bytes(1).orElseThrow()).getInt(28)).isEqualTo(-1);
    }
}
