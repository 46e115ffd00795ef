package berth.engine.device;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.device.DeviceAccess;
import berth.linux.device.DeviceRule;
import berth.linux.device.DeviceType;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A device, or with {@code *} several, that may be used. Which one it is its type and numbers say; the rest may change.
 *
 * @param type character or block device
 * @param major the number of its driver, or {@code *}
 * @param minor its number for the driver, or {@code *}
 * @param mode some of {@code r}, {@code w} and {@code m}: reading, writing, making nodes; none forbids what would be inherited
 * @param name its node in containers, beneath {@code /dev}; none is made if null
 * @param inherit whether what lies below has it too
 */
public record Device(
        DeviceType type,
        String major,
        String minor,
        @Nullable String mode,
        @Nullable String name,
        boolean inherit) {
    private static final String ANY = "*";
    private static final Pattern NUMBER = Pattern.compile("\\d{1,7}|\\*");
    private static final Pattern NODE = Pattern.compile("/dev(/[A-Za-z0-9_][A-Za-z0-9_.+:-]{0,63}){1,4}");
    private static final int MOST_MAJOR = (1 << 12) - 1;
    private static final int MOST_MINOR = (1 << 20) - 1;

    public Device {
        mode = ordered(mode == null ? "" : mode);
        requireNumber("major", major, MOST_MAJOR);
        requireNumber("minor", minor, MOST_MINOR);
        if (name != null && (!NODE.matcher(name).matches() || name.startsWith("/dev/pts/"))) {
            throw invalid("'%s' is not a node of a device".formatted(name), "name it like /dev/fuse");
        }
        if (name != null && (major.equals(ANY) || minor.equals(ANY))) {
            throw invalid("node '%s' cannot stand for several devices".formatted(name), "leave the node out");
        }
    }

    /** The type that {@code word} names. @throws BerthException INVALID */
    public static DeviceType type(String word) {
        return switch (word) {
            case "char", "c" -> DeviceType.CHAR;
            case "block", "b" -> DeviceType.BLOCK;
            default -> throw invalid("'%s' is not a type of devices".formatted(word), "write char or block");
        };
    }

    /** Its mode; never null. */
    @Override
    public String mode() {
        return mode == null ? "" : mode;
    }

    /** Its node, if containers get one. */
    public Optional<String> node() {
        return Optional.ofNullable(name);
    }

    /** Whether both are the same device, or the same several, whatever may be done with them. */
    public boolean isSame(Device other) {
        return type == other.type && major.equals(other.major) && minor.equals(other.minor);
    }

    /** Whether all that {@code other} is, is among what this is. */
    public boolean covers(Device other) {
        return type == other.type
                && (major.equals(ANY) || major.equals(other.major))
                && (minor.equals(ANY) || minor.equals(other.minor));
    }

    /** How the kernel is told. */
    public DeviceRule rule() {
        Set<DeviceAccess> access = EnumSet.noneOf(DeviceAccess.class);
        mode().chars().forEach(c -> access.add(access((char) c)));
        return new DeviceRule(type, number(major), number(minor), access);
    }

    public Device withMode(String value) {
        return new Device(type, major, minor, value, name, inherit);
    }

    public Device withInherit(boolean value) {
        return new Device(type, major, minor, mode, name, value);
    }

    /** As people write it: {@code char 10:229}. */
    @Override
    public String toString() {
        return (type == DeviceType.CHAR ? "char" : "block") + " " + major + ":" + minor;
    }

    private static DeviceAccess access(char letter) {
        return switch (letter) {
            case 'r' -> DeviceAccess.READ;
            case 'w' -> DeviceAccess.WRITE;
            default -> DeviceAccess.MKNOD;
        };
    }

    private static OptionalInt number(String text) {
        return text.equals(ANY) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    private static String ordered(String mode) {
        if (mode.equals("-")) {
            return "";
        }
        if (!mode.matches("[rwm]{0,3}") || mode.chars().distinct().count() != mode.length()) {
            throw invalid("'%s' is not a mode".formatted(mode), "write some of r, w and m, or - for none");
        }
        StringBuilder ordered = new StringBuilder();
        "rwm".chars().filter(c -> mode.indexOf(c) >= 0).forEach(c -> ordered.append((char) c));
        return ordered.toString();
    }

    private static void requireNumber(String word, String text, int most) {
        if (!NUMBER.matcher(text).matches() || (!text.equals(ANY) && Integer.parseInt(text) > most)) {
            throw invalid(
                    "'%s' is not a %s number of a device".formatted(text, word),
                    "write a number up to %d, or * for any".formatted(most));
        }
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
