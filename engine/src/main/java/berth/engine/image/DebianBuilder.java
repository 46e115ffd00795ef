package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.Child;
import berth.linux.process.Command;
import berth.linux.process.Pipe;
import berth.linux.process.Spawner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A Debian system from Debian's packages, by mmdebstrap, with systemd as init. Only what a container needs to boot, log in,
 * and install more; the host's own mirror and proxy are used where its apt knows some.
 */
public final class DebianBuilder extends ImageBuilder {
    /** The release that is built unless another is asked for. */
    public static final String DEFAULT_RELEASE = "bookworm";

    private static final Pattern RELEASE = Pattern.compile("[a-z][a-z0-9-]{0,40}");
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9.+-]{0,100}");
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    /** systemd-sysv is the init, dbus what systemctl, logind and hostnamectl talk through; the rest is what people look for. */
    private static final List<String> PACKAGES =
            List.of("systemd-sysv", "dbus", "iproute2", "iputils-ping", "netbase", "procps", "less", "ca-certificates");

    private static final List<String> PROXIES = List.of("http_proxy", "https_proxy", "no_proxy");

    private final String release;
    private final List<String> packages;

    /**
     * @param release codename or suite, for instance {@code trixie}
     * @param packages names of packages to install besides
     * @throws BerthException INVALID if one of them is not a name
     */
    public DebianBuilder(String release, List<String> packages) {
        check(RELEASE, release, "release");
        packages.forEach(name -> check(PACKAGE, name, "package"));
        this.release = release;
        this.packages = List.copyOf(packages);
    }

    @Override
    public String description() {
        return "debian " + release + (packages.isEmpty() ? "" : " with " + String.join(", ", packages));
    }

    @Override
    Build start(Path scratch, Progress progress) {
        List<String> arguments = arguments(
                Programs.find("unshare", "util-linux"),
                Programs.find("mmdebstrap", "mmdebstrap"),
                AptConfiguration.ofHost());
        if (!Files.exists(KEYRING)) {
            throw Programs.missing("this machine has no keys of Debian's archive", "debian-archive-keyring");
        }
        progress.step("asking Debian's archive for " + release);
        try (Pipe out = Pipe.open();
                Pipe err = Pipe.open();
                Fd nothing = Fd.openForReading(Path.of("/dev/null"))) {
            Child child = Spawner.spawn(Command.of(arguments)
                    .withEnvironment(environment(scratch))
                    .withStdin(nothing)
                    .withStdout(out.writer())
                    .withStderr(err.writer())
                    .grouped(Command.Grouping.OWN_GROUP));
            return new DebianBuild(child, out.reader().dup(), err.reader().dup(), progress);
        } catch (KernelException e) {
            throw new BerthException(ErrorCode.FAILED, "mmdebstrap did not start: " + e.getMessage(), null, e);
        }
    }

    /** mmdebstrap mounts in the tree it makes: in a mount namespace of its own nothing of that can outlive it. */
    List<String> arguments(Path unshare, Path program, AptConfiguration host) {
        List<String> include = new ArrayList<>(PACKAGES);
        include.addAll(packages);
        List<String> arguments = new ArrayList<>(List.of(
                unshare.toString(),
                "--mount",
                program.toString(),
                "--mode=root",
                "--variant=minbase",
                "--format=tar",
                "--include=" + String.join(",", include)));
        host.proxies().forEach((key, proxy) -> arguments.add("--aptopt=%s \"%s\"".formatted(key, proxy)));
        arguments.addAll(List.of(release, "-"));
        arguments.addAll(host.sources(release));
        return arguments;
    }

    private static Map<String, String> environment(Path scratch) {
        Map<String, String> variables = new TreeMap<>(
                Map.of("PATH", Programs.PATH, "LANG", "C.UTF-8", "HOME", "/root", "TMPDIR", scratch.toString()));
        System.getenv().forEach((name, value) -> {
            if (PROXIES.contains(name)) {
                variables.put(name, value);
            }
        });
        return variables;
    }

    private static void check(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new BerthException(ErrorCode.INVALID, "'%s' is not the name of a %s".formatted(text, what));
        }
    }
}
