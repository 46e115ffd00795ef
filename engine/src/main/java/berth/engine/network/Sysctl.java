package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import berth.linux.KernelException;
import berth.linux.sysctl.Sysctls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernel's settings of the host's network. Source: kernel documentation, networking/ip-sysctl.rst. */
public final class Sysctl {
    private static final Path ROOT = Path.of("/proc/sys/net");
    private static final String PREFIX = "net/";

    private Sysctl() {}

    /** The host's end of a container's interface: it believes no router there, and no source address that is not routed there. */
    public static void guard(String link, boolean strict) {
        // No such directory: the kernel has no IPv6.
        if (Files.isDirectory(ROOT.resolve("ipv6/conf").resolve(link))) {
            set("ipv6/conf/" + link + "/accept_ra", "0");
        }
        if (strict) {
            set("ipv4/conf/" + link + "/rp_filter", "1");
        }
    }

    /** A port of a bridge speaks no IP itself. */
    static void mute(String link) {
        if (Files.isDirectory(ROOT.resolve("ipv6/conf").resolve(link))) {
            set("ipv6/conf/" + link + "/disable_ipv6", "1");
        }
    }

    /** The value of a setting; empty if the kernel has none of this name. */
    static Optional<String> read(String name) {
        try {
            return Sysctls.read(PREFIX + name);
        } catch (KernelException e) {
            throw failed(name, e.reason(), e);
        }
    }

    /** The links that have settings of IPv6, and {@code default}. */
    static List<String> links() {
        Path directory = ROOT.resolve("ipv6/conf");
        try (Stream<Path> links = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            return links.map(l -> l.getFileName().toString())
                    .filter(l -> !l.equals("all"))
                    .toList();
        } catch (IOException e) {
            throw FileFailure.of("list", directory, e);
        }
    }

    /** @param name beneath {@code /proc/sys/net} */
    static void set(String name, String value) {
        try {
            Sysctls.write(PREFIX + name, value);
        } catch (KernelException e) {
            throw failed(name, e.reason(), e);
        }
    }

    private static BerthException failed(String setting, String reason, Exception e) {
        return new BerthException(
                ErrorCode.FAILED,
                "%s cannot be set: %s".formatted(ROOT.resolve(setting), reason),
                "containers cannot be given this interface without it",
                e);
    }
}
