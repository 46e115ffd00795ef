package berth.linux.file;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The number of a device, which the kernel knows it by. Source: makedev(3). */
public record DeviceNumber(int major, int minor) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,7}):(\\d{1,7})");
    private static final int MINOR_BITS = 20;
    private static final int MAJOR_BITS = 12;

    public DeviceNumber {
        if (major < 0 || major >= 1 << MAJOR_BITS || minor < 0 || minor >= 1 << MINOR_BITS) {
            throw new IllegalArgumentException("%d:%d is no device number".formatted(major, minor));
        }
    }

    /** Reads {@code 8:0}. @throws IllegalArgumentException if it is something else */
    public static DeviceNumber parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text.strip() + "' is no device number");
        }
        return new DeviceNumber(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** What glibc's {@code dev_t} holds. */
    public static DeviceNumber ofDevT(long device) {
        int major = (int) ((device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL));
        int minor = (int) ((device & 0xff) | (device >>> 12 & ~0xffL));
        return new DeviceNumber(major, minor);
    }

    @Override
    public String toString() {
        return major + ":" + minor;
    }
}
