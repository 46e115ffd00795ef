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
import java.util.regex.Pattern;

/**
 * A system of Debian's or Ubuntu's packages, by mmdebstrap, with systemd as init. Only what a container needs to boot, log in, and
 * install more; the host's own mirror and proxy are used where its apt knows some.
 */
public final class DebianBuilder extends ImageBuilder {
    /** The file in the build's directory that tells mmdebstrap of proxies. */
    private static final String PROXIES = "apt-proxies.conf";

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
        List<String> arguments = arguments(Programs.find("mmdebstrap", "mmdebstrap"), host);
        if (!Files.exists(vendor.keys())) {
            throw Programs.missing("this machine has no keys of the archive of " + vendor.word(), vendor.keysPackage());
        }
        site.progress().step("asking the archive of %s for %s".formatted(vendor.word(), release));
        Build build = site.run(new Sandbox.Job("mmdebstrap", "build-debian.sh", arguments, List.of(), notes(host)));
        return new Fitted(build);
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

    List<String> arguments(Path program, AptConfiguration host) {
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
        if (!host.proxies().isEmpty()) {
            arguments.add("--aptopt=/tmp/" + PROXIES);
        }
        arguments.addAll(List.of(release, "-"));
        if (mirror.isPresent() || vendor == Vendor.UBUNTU) {
            String address = mirror.orElse("http://archive.ubuntu.com/ubuntu");
            arguments.add("deb %s %s %s".formatted(address, release, vendor.components));
        } else {
            arguments.addAll(host.sources(release));
        }
        return arguments;
    }

    /** A proxy may want a password, which arguments would show to everybody. */
    static Map<String, String> notes(AptConfiguration host) {
        if (host.proxies().isEmpty()) {
            return Map.of();
        }
        StringBuilder text = new StringBuilder();
        host.proxies().forEach((key, proxy) -> text.append("%s \"%s\";\n".formatted(key, proxy)));
        return Map.of(PROXIES, text.toString());
    }

    private static void check(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new BerthException(ErrorCode.INVALID, "'%s' is not the name of a %s".formatted(text, what));
        }
    }
}
