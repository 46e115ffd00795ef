package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A system of Debian's or Ubuntu's packages, by mmdebstrap, with systemd as init. Only what a container needs to boot, log in, and
 * install more; the host's own mirror and proxy are used where its apt knows some.
 */
public final class DebianBuilder extends ImageBuilder {
    /** The file in the build's directory that tells apt of proxies, and of {@link #LOGINS}. */
    private static final String OPTIONS = "apt-options.conf";

    private static final String LOGINS = "apt-auth.conf";

    private static final Pattern RELEASE = Pattern.compile("[a-z][a-z0-9-]{0,40}");
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9.+-]{0,100}");
    private static final Pattern MIRROR = Pattern.compile("(https?|file)://[^\\s\\[\\]\"]+");
    /** systemd-sysv is the init, dbus what systemctl, logind and hostnamectl talk through; the rest is what people look for. */
    private static final List<String> PACKAGES =
            List.of("systemd-sysv", "dbus", "iproute2", "iputils-ping", "netbase", "procps", "less", "ca-certificates");

    private final Vendor vendor;
    private final String release;
    private final List<String> packages;
    private final Optional<String> mirror;

    /** Whose packages. */
    public enum Vendor {
        DEBIAN("bookworm", "debian-archive-keyring", "main"),
        UBUNTU("noble", "ubuntu-archive-keyring", "main universe");

        private final String usual;
        private final String keyring;
        private final String components;

        Vendor(String usual, String keyring, String components) {
            this.usual = usual;
            this.keyring = keyring;
            this.components = components;
        }

        /** The release that is built unless another is asked for. */
        public String usualRelease() {
            return usual;
        }

        /** Its name in small letters. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private Path keys() {
            return Path.of("/usr/share/keyrings", keyring + ".gpg");
        }

        private String keysPackage() {
            return this == DEBIAN ? keyring : "ubuntu-keyring";
        }
    }

    /**
     * @param release codename or suite, for instance {@code trixie}
     * @param packages names of packages to install besides
     * @param mirror the address of an archive; the host's or the vendor's own if empty
     * @throws BerthException INVALID if one of them is not what it should be
     */
    public DebianBuilder(Vendor vendor, String release, List<String> packages, Optional<String> mirror) {
        check(RELEASE, release, "release");
        packages.forEach(name -> check(PACKAGE, name, "package"));
        if (mirror.isPresent() && !MIRROR.matcher(mirror.get()).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not the address of a mirror".formatted(mirror.get()),
                    "write it like http://deb.debian.org/debian");
        }
        this.vendor = vendor;
        this.release = release;
        this.packages = List.copyOf(packages);
        this.mirror = mirror;
    }

    @Override
    public String description() {
        return vendor.word() + " " + release + (packages.isEmpty() ? "" : " with " + String.join(", ", packages));
    }

    @Override
    Build start(Site site) {
        AptConfiguration host = AptConfiguration.ofHost();
        Sandbox.Job job = job(Programs.find("mmdebstrap", "mmdebstrap"), host);
        if (!Files.exists(vendor.keys())) {
            throw Programs.missing("this machine has no keys of the archive of " + vendor.word(), vendor.keysPackage());
        }
        site.progress().step("asking the archive of %s for %s".formatted(vendor.word(), release));
        return new Fitted(site.run(job));
    }

    /** A build whose tree is made fit for many containers. */
    private static final class Fitted implements Build {
        private final Build build;
        private final ArchiveReader tree;

        Fitted(Build build) {
            this.build = build;
            this.tree = new DebianTree(build.reader());
        }

        @Override
        public ArchiveReader reader() {
            return tree;
        }

        @Override
        public void close() {
            build.close();
        }
    }

    /** Passwords of proxies and mirrors are in files: everybody reads arguments, and the image is told of its sources. */
    Sandbox.Job job(Path program, AptConfiguration host) {
        List<String> include = new ArrayList<>(PACKAGES);
        include.addAll(packages);
        List<String> arguments = new ArrayList<>(List.of(
                program.toString(),
                "--mode=root",
                "--variant=minbase",
                "--format=tar",
                // What has no network of its own cannot have a view of the host's.
                "--skip=chroot/mount/sys",
                "--keyring=" + vendor.keys(),
                "--include=" + String.join(",", include)));
        ArchiveLogins logins = new ArchiveLogins();
        List<String> sources = sources(host).stream().map(logins::takeOutOf).toList();
        Map<String, String> notes = notes(host, logins);
        if (notes.containsKey(OPTIONS)) {
            arguments.add("--aptopt=/tmp/" + OPTIONS);
        }
        arguments.addAll(List.of(release, "-"));
        arguments.addAll(sources);
        return new Sandbox.Job("mmdebstrap", "build-debian.sh", arguments, List.of(), notes);
    }

    /** Lines of sources.list(5); none if mmdebstrap's own choice is right. */
    private List<String> sources(AptConfiguration host) {
        if (mirror.isEmpty() && vendor == Vendor.DEBIAN) {
            return host.sources(release);
        }
        String address = mirror.orElse("http://archive.ubuntu.com/ubuntu");
        return List.of("deb %s %s %s".formatted(address, release, vendor.components));
    }

    private static Map<String, String> notes(AptConfiguration host, ArchiveLogins logins) {
        Map<String, String> notes = new TreeMap<>();
        StringBuilder options = new StringBuilder();
        host.proxies().forEach((key, proxy) -> options.append("%s \"%s\";\n".formatted(key, proxy)));
        if (!logins.isEmpty()) {
            notes.put(LOGINS, logins.netrc());
            options.append("Dir::Etc::netrc \"/tmp/%s\";\n".formatted(LOGINS));
        }
        if (!options.isEmpty()) {
            notes.put(OPTIONS, options.toString());
        }
        return notes;
    }

    private static void check(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new BerthException(ErrorCode.INVALID, "'%s' is not the name of a %s".formatted(text, what));
        }
    }
}
