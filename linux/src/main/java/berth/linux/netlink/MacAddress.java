package berth.linux.netlink;

import java.util.HexFormat;
import java.util.Locale;

/** The 48-bit address of a network interface. */
public record MacAddress(long bits) {
    /** How many bytes it has. */
    public static final int SIZE = 6;

    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
    private static final int MULTICAST = 1;

    public MacAddress {
        if (bits >>> (SIZE * Byte.SIZE) != 0) {
            throw new IllegalArgumentException("a MAC address has 48 bits");
        }
    }

    /** Reads {@code 00:16:3e:01:02:03}. @throws IllegalArgumentException if it is something else */
    public static MacAddress parse(String text) {
        if (!text.matches("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")) {
            throw new IllegalArgumentException("'" + text + "' is no MAC address");
        }
        return of(COLONS.parseHex(text.toLowerCase(Locale.ROOT)));
    }

    /** The address that these six bytes are. */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a MAC address has 6 bytes, not " + bytes.length);
        }
        long bits = 0;
        for (byte b : bytes) {
            bits = (bits << Byte.SIZE) | Byte.toUnsignedLong(b);
        }
        return new MacAddress(bits);
    }

    /** Its six bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = (byte) (bits >>> ((SIZE - 1 - i) * Byte.SIZE));
        }
        return bytes;
    }

    /** Whether it names a group; an interface cannot have such an address. */
    public boolean isMulticast() {
        return (bytes()[0] & MULTICAST) != 0;
    }

    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
