package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A system account under which the monitors of a user's containers run, and the ids it may map.
 *
 * @param name the login name
 * @param id its user id and the id of its group
 */
public record Account(String name, long id, IdMap uids, IdMap gids) {
    /** The longest login name. Source: useradd(8), utmp(5). */
    private static final int LONGEST = 31;

    private static final int HASH_DIGITS = 8;
    private static final Pattern LOGIN = Pattern.compile("[a-z_][a-z0-9_-]{0," + (LONGEST - 1) + "}");

    public Account {
        HostIds _ = HostIds.one(id);
        if (!LOGIN.matcher(name).matches()) {
            throw new BerthException(ErrorCode.INVALID, "'%s' is not a login name".formatted(name));
        }
    }

    /**
     * The login name for a user: {@code instance-pool-user}. What is too long or cannot stand in a login name is replaced by a
     * hash of the whole, so that the same user always has the same name and no two users share one.
     */
    public static String nameOf(String instance, String pool, String user) {
        String full = instance + "-" + pool + "-" + user;
        if (LOGIN.matcher(full).matches()) {
            return full;
        }
        String plain = full.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
        String start = plain.matches("[a-z_].*") ? plain : "_" + plain;
        String kept = start.substring(0, Math.min(start.length(), LONGEST - HASH_DIGITS - 1));
        return kept + "-" + hash(instance + "\0" + pool + "\0" + user);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_DIGITS / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
