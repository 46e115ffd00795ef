package berth.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The attributes of a message, or those nested in one. An attribute that does not fit where it stands, or a value shorter
 * than it is read as, throws. Source: netlink(7), struct nlattr.
 */
final class Attributes {
    private static final int HEADER = 4;
    private static final int TYPE_MASK = 0x3fff;

    private record Attribute(int type, ByteBuffer value) {}

    private final List<Attribute> attributes;

    private Attributes(List<Attribute> attributes) {
        this.attributes = attributes;
    }

    static Attributes none() {
        return new Attributes(List.of());
    }

    /** What lies between the position of {@code bytes} and its limit; its position is not moved. */
    static Attributes of(ByteBuffer bytes) {
        ByteBuffer rest = bytes.slice().order(ByteOrder.nativeOrder());
        List<Attribute> found = new ArrayList<>();
        while (rest.remaining() >= HEADER) {
            int start = rest.position();
            int length = Short.toUnsignedInt(rest.getShort());
            int type = Short.toUnsignedInt(rest.getShort()) & TYPE_MASK;
            if (length < HEADER || length > rest.limit() - start) {
                throw new IllegalStateException("netlink attribute " + type + " of " + length + " bytes in "
                        + (rest.limit() - start) + " bytes of message");
            }
            ByteBuffer value = rest.slice(start + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
            found.add(new Attribute(type, value));
            rest.position(Math.min(rest.limit(), start + NetlinkMessage.aligned(length)));
        }
        return new Attributes(found);
    }

    boolean has(int type) {
        return value(type).isPresent();
    }

    OptionalInt u8(int type) {
        return value(type)
                .map(v -> OptionalInt.of(
                        Byte.toUnsignedInt(sized(type, v, Byte.BYTES).get(0))))
                .orElseGet(OptionalInt::empty);
    }

    OptionalInt u32(int type) {
        return value(type)
                .map(v -> OptionalInt.of(sized(type, v, Integer.BYTES).getInt(0)))
                .orElseGet(OptionalInt::empty);
    }

    OptionalInt u32BigEndian(int type) {
        OptionalInt value = u32(type);
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN || value.isEmpty()
                ? value
                : OptionalInt.of(Integer.reverseBytes(value.getAsInt()));
    }

    OptionalLong u64(int type) {
        return value(type)
                .map(v -> OptionalLong.of(sized(type, v, Long.BYTES).getLong(0)))
                .orElseGet(OptionalLong::empty);
    }

    Optional<byte[]> bytes(int type) {
        return value(type).map(Attributes::copy);
    }

    /** A text up to its first NUL. */
    Optional<String> text(int type) {
        return value(type).map(Attributes::text);
    }

    /** The texts of every attribute of this type, in their order. */
    List<String> texts(int type) {
        return all(type).map(a -> text(a.value)).toList();
    }

    /** The attributes within the attribute of this type; none if it is not there. */
    Attributes nested(int type) {
        return value(type).map(Attributes::of).orElseGet(Attributes::none);
    }

    /** As {@link #nested(int)}, for each attribute of this type. */
    List<Attributes> allNested(int type) {
        return all(type).map(a -> of(a.value)).toList();
    }

    private Stream<Attribute> all(int type) {
        return attributes.stream().filter(a -> a.type == type);
    }

    private Optional<ByteBuffer> value(int type) {
        return all(type).map(Attribute::value).findFirst();
    }

    private static ByteBuffer sized(int type, ByteBuffer value, int size) {
        if (value.limit() < size) {
            throw new IllegalStateException(
                    "netlink attribute " + type + " of " + value.limit() + " bytes, not " + size);
        }
        return value;
    }

    private static String text(ByteBuffer value) {
        byte[] bytes = copy(value);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static byte[] copy(ByteBuffer value) {
        byte[] bytes = new byte[value.limit()];
        value.get(0, bytes);
        return bytes;
    }
}
