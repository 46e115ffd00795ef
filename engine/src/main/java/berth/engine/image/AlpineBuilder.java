package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A system of Alpine's packages, by a static {@code apk} that the caller has: no other distribution packs it. Source: apk(8). */
public final class AlpineBuilder extends ImageBuilder {
    /** The release that is built unless another is asked for. */
    public static final String DEFAULT_RELEASE = "v3.22";

    private static final String MIRROR = "https://dl-cdn.alpinelinux.org/alpine";
    private static final Pattern RELEASE = Pattern.compile("v[0-9]+\\.[0-9]+|edge");
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][A-Za-z0-9._+-]{0,100}");
    private static final Pattern ADDRESS = Pattern.compile("https?://[^\\s\"]+");
    private static final List<String> PACKAGES = List.of("alpine-base", "iproute2");

    private final Fd apk;
    private final Optional<Fd> keys;
    private final String release;
    private final List<String> packages;
    private final String mirror;

    /**
     * @param apk the program, of the package apk-tools-static; stays the caller's
     * @param keys a directory of the public keys that sign packages; if there is none they are not checked
     * @param packages besides the usual ones
     * @param mirror an address that releases are below; Alpine's own if empty
     * @throws BerthException INVALID if one of them is not what it should be
     */
    public AlpineBuilder(Fd apk, Optional<Fd> keys, String release, List<String> packages, Optional<String> mirror) {
        check(RELEASE, release, "a release of Alpine: it is called like v3.22, or edge");
        packages.forEach(name -> check(PACKAGE, name, "the name of a package"));
        mirror.ifPresent(address -> check(ADDRESS, address, "the address of a mirror"));
        this.apk = apk;
        this.keys = keys;
        this.release = release;
        this.packages = List.copyOf(packages);
        this.mirror = mirror.orElse(MIRROR);
    }

    @Override
    public String description() {
        return "alpine " + release + (packages.isEmpty() ? "" : " with " + String.join(", ", packages));
    }

    @Override
    Build start(Site site) {
        List<Fd> shown = new ArrayList<>(List.of(apk));
        keys.ifPresent(shown::add);
        List<String> arguments = new ArrayList<>(List.of(
                keys.isPresent() ? "--keys-dir=/tmp/shown1" : "--allow-untrusted",
                System.getProperty("os.arch", "").equals("aarch64") ? "aarch64" : "x86_64"));
        arguments.addAll(PACKAGES);
        arguments.addAll(packages);
        // Their addresses may hold a password, and everybody reads arguments.
        Map<String, String> notes =
                Map.of("repositories", "%s/%s/main\n%s/%s/community\n".formatted(mirror, release, mirror, release));
        return site.run(new Sandbox.Job("apk", "build-alpine.sh", arguments, shown, notes));
    }

    private static void check(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new BerthException(ErrorCode.INVALID, "'%s' is not %s".formatted(text, what));
        }
    }
}
