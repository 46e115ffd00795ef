package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names and passwords that addresses of archives of packages carry, apart from these addresses. Source: apt_auth.conf(5), whose
 * format is that of netrc(5).
 */
final class ArchiveLogins {
    /** The last @ before the path ends them, as people write a password as it is. */
    private static final Pattern WITH_LOGIN = Pattern.compile("(https?://)([^\\s/@:]*)(?::([^\\s/]*))?@([^\\s?#]*)");

    private final Set<String> entries = new LinkedHashSet<>();

    /**
     * What {@code text} is without the names and passwords in its addresses.
     *
     * @throws BerthException INVALID if one of them cannot be written in such a file
     */
    String takeOutOf(String text) {
        return WITH_LOGIN.matcher(text).replaceAll(found -> {
            String address = found.group(1) + found.group(4);
            entries.add("machine %s login %s password %s\n"
                    .formatted(address, decoded(found.group(2)), decoded(found.group(3))));
            return Matcher.quoteReplacement(address);
        });
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** A line for each address that had one. */
    String netrc() {
        return String.join("", entries);
    }

    /** In an address, signs that would mean something there are written as their codes. Source: RFC 3986, section 2.1. */
    private static String decoded(String part) {
        String text = part == null ? "" : part;
        try {
            text = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // It was written as it is.
        }
        if (text.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "a name or password in the address of a mirror has a space or a line's end",
                    "apt takes none with these: have it changed, or use another mirror");
        }
        return text;
    }
}
