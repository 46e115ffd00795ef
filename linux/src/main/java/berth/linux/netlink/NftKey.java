package berth.linux.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The key of an element of a set or map, or the value that a map has for one. Source: nft(8), data types. */
public final class NftKey {
    private static final int MAX_SIZE = 64;
    private static final int INTERFACE_NAME = 16;
    private static final int MAX_PORT = 0xffff;

    private final byte[] bytes;

    private NftKey(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_SIZE) {
            throw new IllegalArgumentException("a key has 1 to " + MAX_SIZE + " bytes, not " + bytes.length);
        }
        this.bytes = bytes;
    }

    /** The key of these bytes. */
    public static NftKey of(byte[] bytes) {
        return new NftKey(bytes.clone());
    }

    /** The key {@code address}, of the types {@code ipv4_addr} and {@code ipv6_addr}. */
    public static NftKey of(InetAddress address) {
        return builder().address(address).build();
    }

    /** A key of one field or, concatenated, of several. */
    public static Builder builder() {
        return new Builder();
    }

    /** A copy of its bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NftKey key && Arrays.equals(key.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Fields of a key in their order. Each of several fills whole 32-bit registers; one alone is as long as it is. */
    public static final class Builder {
        private final List<byte[]> fields = new ArrayList<>();

        private Builder() {}

        /** Of the type {@code ipv4_addr} or {@code ipv6_addr}. */
        public Builder address(InetAddress address) {
            return field(address.getAddress());
        }

        /** Of the type {@code ether_addr}. */
        public Builder mac(MacAddress mac) {
            return field(mac.bytes());
        }

        /** Of the type {@code ifname}. */
        public Builder interfaceName(String name) {
            byte[] text = LinkNames.requireName(name).getBytes(StandardCharsets.UTF_8);
            return field(Arrays.copyOf(text, INTERFACE_NAME));
        }

        /** Of the type {@code iface_index}. */
        public Builder interfaceIndex(int index) {
            return machineOrder(index);
        }

        /** Of the type {@code mark}. */
        public Builder mark(int mark) {
            return machineOrder(mark);
        }

        /** Of the type {@code inet_service}. */
        public Builder port(int port) {
            if (port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("no port has the number " + port);
            }
            return field(ByteBuffer.allocate(Short.BYTES).putShort((short) port).array());
        }

        /** Of the type {@code inet_proto}, for instance 6 for TCP. */
        public Builder protocol(int number) {
            return field(new byte[] {(byte) number});
        }

        /** Of any type, as it is laid out. */
        public Builder field(byte[] value) {
            fields.add(value.clone());
            return this;
        }

        public NftKey build() {
            if (fields.size() == 1) {
                return new NftKey(fields.getFirst());
            }
            int size = fields.stream()
                    .mapToInt(f -> NetlinkMessage.aligned(f.length))
                    .sum();
            ByteBuffer key = ByteBuffer.allocate(size);
            for (byte[] field : fields) {
                key.put(Arrays.copyOf(field, NetlinkMessage.aligned(field.length)));
            }
            return new NftKey(key.array());
        }

        private Builder machineOrder(int number) {
            return field(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .putInt(number)
                    .array());
        }
    }
}
