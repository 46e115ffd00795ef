package berth.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One message being written: the header, the fixed structure of its family, attributes. Numbers are in the machine's byte
 * order where the name does not say otherwise. Source: netlink(7), linux/netlink.h.
 */
final class NetlinkMessage {
    static final int HEADER_SIZE = 16;
    static final int ALIGNMENT = 4;
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLA_F_NESTED = 0x8000;

    private static final int SEQUENCE = 8;
    private static final int INITIAL_SIZE = 256;
    private static final int MAX_ATTRIBUTE = 0xffff;

    private ByteBuffer bytes = ByteBuffer.allocate(INITIAL_SIZE).order(ByteOrder.nativeOrder());

    /** A request of this type; {@code flags} besides NLM_F_REQUEST. */
    NetlinkMessage(int type, int flags) {
        u32(0).u16(type).u16(flags | NLM_F_REQUEST).u32(0).u32(0);
    }

    /** The bytes to send under this sequence number. */
    byte[] bytes(int sequence) {
        bytes.putInt(0, bytes.position()).putInt(SEQUENCE, sequence);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    NetlinkMessage u8(int value) {
        room(Byte.BYTES).put((byte) value);
        return this;
    }

    NetlinkMessage u16(int value) {
        room(Short.BYTES).putShort((short) value);
        return this;
    }

    NetlinkMessage u32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    NetlinkMessage attribute(int type, byte[] value) {
        return wrapped(type, m -> m.room(value.length).put(value));
    }

    NetlinkMessage attributeU8(int type, int value) {
        return wrapped(type, m -> m.u8(value));
    }

    NetlinkMessage attributeU16(int type, int value) {
        return wrapped(type, m -> m.u16(value));
    }

    NetlinkMessage attributeU32(int type, int value) {
        return wrapped(type, m -> m.u32(value));
    }

    NetlinkMessage attributeU64(int type, long value) {
        return wrapped(type, m -> m.room(Long.BYTES).putLong(value));
    }

    NetlinkMessage attributeU32BigEndian(int type, int value) {
        return attribute(type, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    /** A text and the NUL that ends it. */
    NetlinkMessage attribute(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(text, text.length + 1));
    }

    /** An attribute that holds what {@code content} writes, most often attributes. */
    NetlinkMessage nested(int type, Consumer<NetlinkMessage> content) {
        return wrapped(type | NLA_F_NESTED, content);
    }

    private NetlinkMessage wrapped(int type, Consumer<NetlinkMessage> content) {
        int start = bytes.position();
        u16(0).u16(type);
        content.accept(this);
        int length = bytes.position() - start;
        if (length > MAX_ATTRIBUTE) {
            throw new IllegalArgumentException("netlink attribute " + type + " of " + length + " bytes is too long");
        }
        bytes.putShort(start, (short) length);
        int padding = aligned(length) - length;
        room(padding).put(new byte[padding]);
        return this;
    }

    static int aligned(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    private ByteBuffer room(int wanted) {
        if (bytes.remaining() < wanted) {
            int size = Math.max(2 * bytes.capacity(), bytes.position() + wanted);
            bytes = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder()).put(bytes.flip());
        }
        return bytes;
    }
}
