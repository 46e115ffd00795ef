package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's settings of the host's network. Source: kernel documentation, networking/ip-sysctl.rst. */
public final class Sysctl {
    private static final Path ROOT = Path.of("/proc/sys/net");

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

    /** Lets the host answer on a link for IPv6 addresses of others, which it is told one by one. */
    public static void answerForOthers(String link) {
        if (Files.isDirectory(ROOT.resolve("ipv6/conf").resolve(link))) {
            set("ipv6/conf/" + link + "/proxy_ndp", "1");
        }
    }

    /** Lets the host pass packets of a family on; whether it did not before. */
    public static boolean forward(boolean ipv4) {
        Path setting = ROOT.resolve(ipv4 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding");
        try {
            if (!Files.exists(setting) || Files.readString(setting).strip().equals("1")) {
                return false;
            }
            if (!ipv4) {
                keepRouters();
            }
            Files.writeString(setting, "1");
            return true;
        } catch (IOException e) {
            throw failed(setting, e);
        }
    }

    /** A link that learned its address from a router would forget it: a host that forwards listens to none unless told. */
    private static void keepRouters() throws IOException {
        try (var links = Files.newDirectoryStream(ROOT.resolve("ipv6/conf"))) {
            for (Path link : links) {
                Path accept = link.resolve("accept_ra");
                if (!link.endsWith("all") && Files.readString(accept).strip().equals("1")) {
                    Files.writeString(accept, "2");
                }
            }
        }
    }

    private static void set(String name, String value) {
        Path setting = ROOT.resolve(name);
        try {
            Files.writeString(setting, value);
        } catch (IOException e) {
            throw failed(setting, e);
        }
    }

    private static BerthException failed(Path setting, IOException e) {
        return new BerthException(
                ErrorCode.FAILED,
                "%s cannot be set: %s".formatted(setting, FileFailure.reason(e)),
                "containers cannot be given this interface without it",
                e);
    }
}
