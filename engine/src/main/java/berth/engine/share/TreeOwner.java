package berth.engine.share;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom the directory belongs to that a dataset of a pool begins with, as guests number their users and groups.
 *
 * @param uid the user, up to {@link #HIGHEST}
 * @param gid the group, likewise
 */
public record TreeOwner(int uid, int gid) {
    /** The highest id that the usual map of a container has. */
    public static final int HIGHEST = 65_535;

    /** The guests' root. */
    public static final TreeOwner ROOT = new TreeOwner(0, 0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,5})(?::(\\d{1,5}))?");

    public TreeOwner {
        if (uid < 0 || uid > HIGHEST || gid < 0 || gid > HIGHEST) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%d:%d are not ids of a guest".formatted(uid, gid),
                    "those of users and groups inside go from 0 to %d".formatted(HIGHEST));
        }
    }

    /** Reads {@code 1000:1000}, or {@code 1000} for a user and the group of the same number. @throws BerthException INVALID */
    public static TreeOwner parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is not an owner".formatted(text), "write its ids, such as 1000:1000");
        }
        String group = form.group(2) == null ? form.group(1) : form.group(2);
        return new TreeOwner(Integer.parseInt(form.group(1)), Integer.parseInt(group));
    }
}
