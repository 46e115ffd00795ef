package berth.engine.store;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How an object's id becomes the name of its file: bytes outside {@code [a-zA-Z0-9._-]} are written as {@code %XX}, so
 * {@code /default/sub} becomes {@code %2Fdefault%2Fsub}. A leading dot is encoded too, as dot files are not objects.
 */
public final class FileName {
    /** Leaves room for {@code .history}, {@code .yml.broken.NN} and temporary names under NAME_MAX, 255. */
    private static final int LONGEST = 200;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private FileName() {}

    /** The file name, without its ending, of object {@code id}. @throws BerthException INVALID if it cannot have one */
    public static String of(String id) {
        if (id.isEmpty() || id.equals(".") || id.equals("..")) {
            throw new BerthException(ErrorCode.INVALID, "'%s' cannot be a name".formatted(id), "choose another one");
        }
        StringBuilder name = new StringBuilder(id.length());
        for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b) && !(b == '.' && name.isEmpty())) {
                name.append((char) b);
            } else {
                name.append('%').append(HEX.toHexDigits(b));
            }
        }
        if (name.length() > LONGEST) {
            throw new BerthException(
                    ErrorCode.INVALID, "the name '%s' is too long".formatted(id), "choose a shorter one");
        }
        return name.toString();
    }

    /** The id whose file name is {@code name}; empty if no id has it. */
    public static Optional<String> id(String name) {
        byte[] bytes = new byte[name.length()];
        int length = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '%') {
                bytes[length++] = (byte) c;
            } else if (i + 2 < name.length() && isHex(name.charAt(i + 1)) && isHex(name.charAt(i + 2))) {
                bytes[length++] = (byte) HexFormat.fromHexDigits(name, i + 1, i + 3);
                i += 2;
            } else {
                return Optional.empty();
            }
        }
        String id = new String(bytes, 0, length, StandardCharsets.UTF_8);
        boolean canonical = !id.isEmpty() && id.length() <= LONGEST && !id.equals(".") && !id.equals("..");
        return canonical && of(id).equals(name) ? Optional.of(id) : Optional.empty();
    }

    private static boolean isPlain(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || b == '.'
                || b == '_'
                || b == '-';
    }

    private static boolean isHex(char c) {
        return HexFormat.isHexDigit(c);
    }
}
