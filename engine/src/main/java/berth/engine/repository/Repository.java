package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.file.FileName;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A repository as the host knows it.
 *
 * @param url where it begins; ends in {@code /}
 * @param key who must have signed its index; none of a repository that was added as insecure
 * @param disabled whether nothing is looked for in it
 */
public record Repository(String name, Kind kind, URI url, Optional<PublicKey> key, boolean disabled) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}");

    /** How it lists its images. */
    public enum Kind {
        /** A directory that {@code osctl repository init} made; signed. */
        BERTH,
        /** What images.linuxcontainers.org serves. */
        SIMPLESTREAMS,
        /** What images.vpsadminos.org serves. */
        VPSADMINOS
    }

    public Repository {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' cannot name a repository".formatted(name),
                    "use letters, digits, '.', '_' and '-'");
        }
        String scheme = String.valueOf(url.getScheme());
        if (!scheme.matches("https?|file") || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is no address of a repository".formatted(url),
                    "write it like https://images.example.org/berth or file:///srv/images");
        }
        if (url.getRawUserInfo() != null) {
            throw new BerthException(
                    ErrorCode.INVALID, "an address with a password in it would be shown to all who list repositories");
        }
        if (key.isPresent() && kind != Kind.BERTH) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "only repositories of Berth are signed by a key that can be pinned",
                    "add it with --insecure if you trust whoever answers at its address");
        }
        url = url.getRawPath().endsWith("/") ? url : URI.create(url + "/");
    }

    /** Another that is looked in, or is not. */
    Repository with(Use use) {
        return new Repository(name, kind, url, key, use == Use.DISABLED);
    }

    /** Whether images are looked for in it. */
    public enum Use {
        ENABLED,
        DISABLED
    }

    /**
     * The address of a file of it.
     *
     * @param path as an index names it
     * @throws BerthException UNTRUSTED if it is anything but a plain path below the repository
     */
    URI resolve(String path) {
        if (!path.matches("[A-Za-z0-9._+~@:%=,-]+(/[A-Za-z0-9._+~@:%=,-]+)*")
                || path.matches("(.*/)?\\.\\.?(/.*)?")
                || path.contains("%")
                || path.length() > 1000) {
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "repository '%s' names a file outside of itself: '%s'".formatted(name, printable(path)));
        }
        return URI.create(url + path.replace(":", "%3A"));
    }

    static String printable(String text) {
        return FileName.printable(text);
    }
}
