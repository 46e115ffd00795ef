package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A system of Fedora's or CentOS Stream's packages, by {@code dnf --installroot}. Source: dnf.conf(5). */
public final class RpmBuilder extends ImageBuilder {
    private static final Pattern RELEASE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,20}");
    private static final Pattern PACKAGE = Pattern.compile("[A-Za-z0-9@][A-Za-z0-9._+-]{0,100}");
    private static final Pattern ADDRESS = Pattern.compile("(https?|file)://[^\\s\"]+");
    private static final List<String> PACKAGES =
            List.of("systemd", "dnf", "passwd", "iproute", "iputils", "procps-ng", "less", "hostname", "rootfiles");

    private final Vendor vendor;
    private final String release;
    private final List<String> packages;
    private final Sources sources;

    /** Whose packages. */
    public enum Vendor {
        CENTOS("9-stream", "/var/lib/rpm", "centos-stream-release") {
            @Override
            List<String> metalinks() {
                String link = "https://mirrors.centos.org/metalink?repo=centos-%s-$releasever&arch=$basearch";
                return List.of(link.formatted("baseos"), link.formatted("appstream"));
            }
        },
        FEDORA("42", "/usr/lib/sysimage/rpm", "fedora-release-container") {
            @Override
            List<String> metalinks() {
                String link = "https://mirrors.fedoraproject.org/metalink?repo=%s-$releasever&arch=$basearch";
                return List.of(link.formatted("fedora"), link.formatted("updates-released-f"));
            }
        };

        private final String usual;
        private final String database;
        private final String releasePackage;

        Vendor(String usual, String database, String releasePackage) {
            this.usual = usual;
            this.database = database;
            this.releasePackage = releasePackage;
        }

        /** The release that is built unless another is asked for. */
        public String usualRelease() {
            return usual;
        }

        /** Its name in small letters. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Where the lists of its mirrors are. */
        abstract List<String> metalinks();
    }

    /**
     * Where packages come from.
     *
     * @param addresses of repositories; the vendor's own if empty
     * @param directories repositories on this host, besides
     * @param key a file with the public keys that sign packages; if there is none they are not checked
     */
    public record Sources(List<String> addresses, List<Fd> directories, Optional<Fd> key) {
        public Sources {
            addresses = List.copyOf(addresses);
            directories = List.copyOf(directories);
        }

        boolean areTheVendors() {
            return addresses.isEmpty() && directories.isEmpty();
        }
    }

    /**
     * @param packages besides the usual ones of the vendor, or, of other sources, all
     * @throws BerthException INVALID if one of them is not what it should be
     */
    public RpmBuilder(Vendor vendor, String release, List<String> packages, Sources sources) {
        check(RELEASE, release, "the name of a release");
        packages.forEach(name -> check(PACKAGE, name, "the name of a package"));
        sources.addresses().forEach(address -> check(ADDRESS, address, "the address of a repository"));
        if (!sources.areTheVendors() && packages.isEmpty()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "repositories of one's own do not tell which packages make a system",
                    "name the packages with --include");
        }
        this.vendor = vendor;
        this.release = release;
        this.packages = List.copyOf(packages);
        this.sources = sources;
    }

    @Override
    public String description() {
        return vendor.word() + " " + release + (packages.isEmpty() ? "" : " with " + String.join(", ", packages));
    }

    @Override
    Build start(Site site) {
        Programs.find("dnf", "dnf");
        site.progress().step("asking the repositories of %s %s".formatted(vendor.word(), release));
        List<Fd> shown = new ArrayList<>(sources.directories());
        sources.key().ifPresent(shown::add);
        List<String> arguments = new ArrayList<>(List.of(vendor.database, release));
        if (sources.areTheVendors()) {
            arguments.add(vendor.releasePackage);
            arguments.addAll(PACKAGES);
        }
        arguments.addAll(packages);
        // Addresses of repositories may hold a password, and everybody reads arguments.
        return site.run(new Sandbox.Job("dnf", "build-rpm.sh", arguments, shown, Map.of("dnf.conf", configuration())));
    }

    /** What {@code dnf} reads; nothing of the host's own configuration counts. */
    String configuration() {
        StringBuilder text = new StringBuilder("""
                [main]
                reposdir=/dev/null
                varsdir=/dev/null
                pluginpath=/dev/null
                plugins=0
                cachedir=/tmp/cache
                persistdir=/tmp/persist
                logdir=/tmp/log
                install_weak_deps=0
                """);
        int number = 0;
        if (sources.areTheVendors()) {
            for (String link : vendor.metalinks()) {
                repository(text, number++, "metalink=" + link);
            }
        }
        for (int i = 0; i < sources.directories().size(); i++) {
            repository(text, number++, "baseurl=file:///tmp/shown" + i);
        }
        for (String address : sources.addresses()) {
            repository(text, number++, "baseurl=" + address);
        }
        return text.toString();
    }

    private void repository(StringBuilder text, int number, String where) {
        text.append("[%s-%d]\nname=%s %d\n%s\n".formatted(vendor.word(), number, vendor.word(), number, where));
        text.append(
                sources.key().isEmpty()
                        ? "gpgcheck=0\n"
                        : "gpgcheck=1\ngpgkey=file:///tmp/shown%d\n"
                                .formatted(sources.directories().size()));
    }

    private static void check(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new BerthException(ErrorCode.INVALID, "'%s' is not %s".formatted(text, what));
        }
    }
}
