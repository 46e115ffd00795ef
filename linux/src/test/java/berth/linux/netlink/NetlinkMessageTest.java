package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetlinkMessageTest {
    private static final int TYPE = 16;
    private static final int SEQUENCE = 7;

    @Test
    void theHeaderHasLengthTypeFlagsAndSequence() {
        byte[] bytes = new NetlinkMessage(TYPE, NetlinkMessage.NLM_F_ACK)
                .u32(0x01020304)
                .bytes(SEQUENCE);

        ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        assertThat(bytes).hasSize(20);
        assertThat(message.getInt()).isEqualTo(20);
        assertThat(message.getShort()).isEqualTo((short) TYPE);
        assertThat(message.getShort()).isEqualTo((short) 5);
        assertThat(message.getInt()).isEqualTo(SEQUENCE);
        assertThat(message.getInt()).isZero();
        assertThat(message.getInt()).isEqualTo(0x01020304);
    }

    @Test
    void anAttributeIsPaddedAndItsLengthIsNot() {
        byte[] bytes = new NetlinkMessage(TYPE, 0).attribute(3, "veth").bytes(SEQUENCE);

        ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        assertThat(bytes).hasSize(16 + 4 + 8);
        assertThat(message.getInt(0)).isEqualTo(28);
        assertThat(message.getShort(16)).isEqualTo((short) 9);
        assertThat(message.getShort(18)).isEqualTo((short) 3);
        assertThat(Arrays.copyOfRange(bytes, 20, 28)).isEqualTo("veth\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatWasWrittenIsReadBack() {
        byte[] longText = "x".repeat(5000).getBytes(StandardCharsets.US_ASCII);
        Received message = onlyOf(new NetlinkMessage(TYPE, 0)
                .u8(1)
                .u8(2)
                .u16(3)
                .attributeU8(1, 200)
                .attributeU32(2, -5)
                .attributeU64(3, 1L << 40)
                .attributeU32BigEndian(4, 258)
                .nested(5, n -> n.attribute(1, "first").attribute(1, "second").nested(2, m -> m.attributeU16(9, 1)))
                .attribute(6, longText));

        assertThat(message.type()).isEqualTo(TYPE);
        assertThat(message.sequence()).isEqualTo(SEQUENCE);
        assertThat(message.u8(1)).isEqualTo(2);
        assertThat(message.u16(2)).isEqualTo(3);
        Attributes attributes = message.attributesAfter(4);
        assertThat(attributes.u8(1)).hasValue(200);
        assertThat(attributes.u32(2)).hasValue(-5);
        assertThat(attributes.u64(3)).hasValue(1L << 40);
        assertThat(attributes.u32BigEndian(4)).hasValue(258);
        assertThat(attributes.bytes(4)).contains(new byte[] {0, 0, 1, 2});
        assertThat(attributes.nested(5).texts(1)).containsExactly("first", "second");
        assertThat(attributes.nested(5).text(1)).contains("first");
        assertThat(attributes.nested(5).nested(2).has(9)).isTrue();
        assertThat(attributes.bytes(6)).contains(longText);
        assertThat(attributes.u32(77)).isEmpty();
        assertThat(attributes.nested(77).texts(1)).isEmpty();
    }

    @Test
    void anAttributeLongerThanItsLengthFieldIsRefused() {
        assertThatThrownBy(() -> new NetlinkMessage(TYPE, 0).attribute(1, new byte[0x10000]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAttributeThatReachesBeyondItsMessageIsRefused() {
        ByteBuffer tooLong = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        tooLong.putShort((short) 9).putShort((short) 1).flip().limit(8);
        ByteBuffer tooShort = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        tooShort.putShort((short) 3).putShort((short) 1).flip().limit(8);

        assertThatThrownBy(() -> Attributes.of(tooLong))
                .hasMessage("netlink attribute 1 of 9 bytes in 8 bytes of message");
        assertThatThrownBy(() -> Attributes.of(tooShort)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aValueShorterThanItIsReadAsIsRefused() {
        Attributes attributes =
                onlyOf(new NetlinkMessage(TYPE, 0).attributeU8(1, 1)).attributesAfter(0);

        assertThatThrownBy(() -> attributes.u32(1)).hasMessage("netlink attribute 1 of 1 bytes, not 4");
    }

    @Test
    void aFixedPartThatIsNotThereIsRefused() {
        Received message = onlyOf(new NetlinkMessage(TYPE, 0).u32(1));

        assertThatThrownBy(() -> message.u32(1)).hasMessage("netlink message 16 holds 4 bytes, not 5");
        assertThatThrownBy(() -> message.attributesAfter(8)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDatagramIsSplitIntoItsMessages() {
        byte[] one = new NetlinkMessage(TYPE, 0).u32(1).bytes(1);
        byte[] two = new NetlinkMessage(TYPE, 0).attribute(1, "abc").bytes(2);
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);

        assertThat(Received.split(both)).extracting(Received::sequence).containsExactly(1, 2);
        assertThat(Received.split(new byte[0])).isEmpty();
    }

    @Test
    void aMessageThatReachesBeyondItsDatagramIsRefused() {
        byte[] cut = Arrays.copyOf(new NetlinkMessage(TYPE, 0).u32(1).u32(2).bytes(1), 20);

        assertThatThrownBy(() -> Received.split(cut)).hasMessage("netlink message of 24 bytes in a datagram's last 20");
        assertThatThrownBy(() -> Received.split(new byte[16])).isInstanceOf(IllegalStateException.class);
    }

    private static Received onlyOf(NetlinkMessage message) {
        List<Received> all = Received.split(message.bytes(SEQUENCE));
        assertThat(all).hasSize(1);
        return all.getFirst();
    }
}
