package berth.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One message from the kernel.
 *
 * @param payload what follows the header, in the machine's byte order, its position at the start
 */
record Received(int type, int flags, int sequence, ByteBuffer payload) {
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;

    private static final int TYPE = 4;
    private static final int FLAGS = 6;
    private static final int SEQUENCE = 8;

    /** The messages of one datagram. */
    static List<Received> split(byte[] datagram) {
        ByteBuffer bytes = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        List<Received> messages = new ArrayList<>();
        for (int at = 0; datagram.length - at >= NetlinkMessage.HEADER_SIZE; ) {
            int length = bytes.getInt(at);
            if (length < NetlinkMessage.HEADER_SIZE || length > datagram.length - at) {
                throw new IllegalStateException(
                        "netlink message of " + length + " bytes in a datagram's last " + (datagram.length - at));
            }
            ByteBuffer payload = bytes.slice(at + NetlinkMessage.HEADER_SIZE, length - NetlinkMessage.HEADER_SIZE);
            messages.add(new Received(
                    Short.toUnsignedInt(bytes.getShort(at + TYPE)),
                    Short.toUnsignedInt(bytes.getShort(at + FLAGS)),
                    bytes.getInt(at + SEQUENCE),
                    payload.order(ByteOrder.nativeOrder())));
            at += Math.min(NetlinkMessage.aligned(length), datagram.length - at);
        }
        return messages;
    }

    /** The attributes behind the family's fixed structure of {@code size} bytes. */
    Attributes attributesAfter(int size) {
        require(size);
        return Attributes.of(payload.slice(size, payload.limit() - size));
    }

    /** The byte at {@code offset} of the fixed structure. */
    int u8(int offset) {
        require(offset + Byte.BYTES);
        return Byte.toUnsignedInt(payload.get(offset));
    }

    int u16(int offset) {
        require(offset + Short.BYTES);
        return Short.toUnsignedInt(payload.getShort(offset));
    }

    int u32(int offset) {
        require(offset + Integer.BYTES);
        return payload.getInt(offset);
    }

    private void require(int size) {
        if (payload.limit() < size) {
            throw new IllegalStateException(
                    "netlink message " + type + " holds " + payload.limit() + " bytes, not " + size);
        }
    }
}
