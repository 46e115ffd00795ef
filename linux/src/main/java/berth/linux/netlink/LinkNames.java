package berth.linux.netlink;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What links may be called. Source: linux/if.h, IFNAMSIZ and ALTIFNAMSIZ; dev_valid_name() in net/core/dev.c.
 */
public final class LinkNames {
    /** The longest name, in bytes. */
    public static final int MAX_NAME = 15;
    /** The longest altname, in bytes. */
    public static final int MAX_ALT_NAME = 127;

    /** Lower-case letters and digits without vowels, so that no hash reads as a word. */
    private static final String DIGITS = "0123456789bcdfghjklmnpqrstvwxz";

    private static final int HASH_DIGITS = 8;

    private LinkNames() {}

    /**
     * A name for the link that is called {@code full}: the same if it is short enough, otherwise its first letters and a
     * hash of all of it. Always the same for the same; the full one is for {@link Links#addAltNames}.
     */
    public static String shortened(String full) {
        requireAltName(full);
        if (bytes(full).length <= MAX_NAME) {
            return full;
        }
        StringBuilder ascii = new StringBuilder();
        full.chars().filter(c -> c < 0x80).limit(MAX_NAME - HASH_DIGITS).forEach(c -> ascii.append((char) c));
        return ascii + hash(full);
    }

    /** Whether the kernel takes {@code name} as a link's name. */
    public static boolean isName(String name) {
        return isWord(name) && bytes(name).length <= MAX_NAME;
    }

    /** Whether the kernel takes {@code name} as an altname. */
    public static boolean isAltName(String name) {
        return isWord(name) && bytes(name).length <= MAX_ALT_NAME;
    }

    static String requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot be the name of a network interface");
        }
        return name;
    }

    static String requireAltName(String name) {
        if (!isAltName(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot be an altname of a network interface");
        }
        return name;
    }

    private static boolean isWord(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                // The kernel expands % in a new name.
                && name.chars().noneMatch(c -> c <= ' ' || c == 0x7f || c == '/' || c == ':' || c == '%');
    }

    private static String hash(String full) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes(full));
            StringBuilder hash = new StringBuilder();
            for (int i = 0; i < HASH_DIGITS; i++) {
                hash.append(DIGITS.charAt(Byte.toUnsignedInt(digest[i]) % DIGITS.length()));
            }
            return hash.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
