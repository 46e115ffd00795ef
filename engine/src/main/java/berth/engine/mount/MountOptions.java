package berth.engine.mount;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.limit.Size;
import berth.linux.mount.MountAttribute;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the words of {@code --opts} mean. */
final class MountOptions {
    private static final String OCTAL_MODE = "0?[0-7]{3,4}";
    private static final String NUMBER = "[1-9][0-9]{0,8}";

    /** What is on unless it is said otherwise: a file of the host is no way to more rights, nor to a device. */
    private static final Set<MountAttribute> USUAL = EnumSet.of(MountAttribute.NO_SUID, MountAttribute.NO_DEVICES);

    private MountOptions() {}

    /** @throws BerthException INVALID if {@code options} hold a word that {@code type} does not know */
    static void check(MountType type, List<String> options) {
        attributes(options);
        options.forEach(o -> check(type, o));
    }

    /** What the mount forbids. */
    static Set<MountAttribute> attributes(List<String> options) {
        Set<MountAttribute> attributes = EnumSet.copyOf(USUAL);
        for (String option : options) {
            switch (option) {
                case "ro" -> attributes.add(MountAttribute.READ_ONLY);
                case "rw" -> attributes.remove(MountAttribute.READ_ONLY);
                case "noexec" -> attributes.add(MountAttribute.NO_EXEC);
                case "exec" -> attributes.remove(MountAttribute.NO_EXEC);
                case "suid" -> attributes.remove(MountAttribute.NO_SUID);
                case "nosuid" -> attributes.add(MountAttribute.NO_SUID);
                default -> {}
            }
        }
        return attributes;
    }

    /** The options of a file system in memory, for the kernel. */
    static Map<String, String> ofTmpfs(List<String> options) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("mode", "1777");
        for (String option : options) {
            int equals = option.indexOf('=');
            if (equals > 0) {
                String value = option.substring(equals + 1);
                String key = option.substring(0, equals);
                values.put(
                        key,
                        key.equals("size") ? Long.toString(Size.parse(value).bytes()) : value);
            }
        }
        return values;
    }

    private static void check(MountType type, String option) {
        int equals = option.indexOf('=');
        boolean isKnown = switch (equals < 0 ? option : option.substring(0, equals)) {
            case "rw", "ro", "suid", "nosuid", "nodev", "exec", "noexec" -> equals < 0;
            case "size" -> type == MountType.TMPFS && equals > 0 && isSize(option.substring(equals + 1));
            case "mode" ->
                type == MountType.TMPFS && option.substring(equals + 1).matches(OCTAL_MODE);
            case "nr_inodes" ->
                type == MountType.TMPFS && option.substring(equals + 1).matches(NUMBER);
            case "dev" ->
                throw invalid(
                        "devices cannot be opened through a mount of a container",
                        "'osctl ct devices add' gives it devices");
            case "rbind" ->
                throw invalid(
                        "a bind mount does not take along what is mounted beneath it",
                        "mount each of these file systems by a mount of its own");
            default -> false;
        };
        if (!isKnown) {
            throw invalid(
                    "'%s' is not an option of a %s mount".formatted(option, type.word()),
                    type == MountType.BIND
                            ? "there are ro, rw, exec, noexec, suid, nosuid"
                            : "there are size=64M, mode=0755, nr_inodes=1000, ro, rw, exec, noexec, suid, nosuid");
        }
    }

    private static boolean isSize(String text) {
        if (Size.parse(text).bytes() == 0) {
            throw invalid("a file system of size 0 would have no bound", "give it a size, such as 64M");
        }
        return true;
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
