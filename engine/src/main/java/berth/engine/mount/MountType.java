package berth.engine.mount;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Locale;

/** What is mounted in a container. */
public enum MountType {
    /** A directory or file of the host. */
    BIND,
    /** A file system in memory, empty at each start. */
    TMPFS;

    /** The type that {@code word} names; mount(8) says {@code none} of a bind too. @throws BerthException INVALID */
    public static MountType of(String word) {
        return switch (word) {
            case "bind", "none" -> BIND;
            case "tmpfs" -> TMPFS;
            default ->
                throw new BerthException(
                        ErrorCode.INVALID,
                        "'%s' is not a type of mounts".formatted(word),
                        "it is bind or tmpfs; mount other file systems on the host and bind them from there");
        };
    }

    /** Its word for people and files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
