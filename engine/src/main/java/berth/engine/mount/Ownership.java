package berth.engine.mount;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.Locale;

/** Whom the files of a bind mount belong to inside, and the host's files that are made there. */
public enum Ownership {
    /** As on disk: the container's users have the host ids of its id map, and others' files are nobody's. */
    NONE,
    /** The same numbers on both sides: a file of uid 33 on the host is uid 33's inside, and root's are root's. */
    OWNER;

    /** The one that {@code word} names. @throws BerthException INVALID */
    public static Ownership of(String word) {
        return switch (word) {
            case "none" -> NONE;
            case "owner" -> OWNER;
            default ->
                throw new BerthException(
                        ErrorCode.INVALID, "'%s' is not an ownership".formatted(word), "--map is none or owner");
        };
    }

    /** Its word for people and files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
