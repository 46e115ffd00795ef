package berth.engine.network;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernel's settings of the host's network. Source: kernel documentation, networking/ip-sysctl.rst. */
public final class Sysctl {
    private static final Path ROOT = Path.of("/proc/sys/net");
    private static final int LONGEST_VALUE = 4096;

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
        Path setting = ROOT.resolve(name);
        // In one piece: the kernel gives a reader that comes back for more nothing, and readString comes for one byte
        // first.
        try (InputStream in = Files.newInputStream(setting)) {
            return Optional.of(new String(in.readNBytes(LONGEST_VALUE), StandardCharsets.UTF_8).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed(setting, e);
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
            throw failed(directory, e);
        }
    }

    /** @param name beneath {@code /proc/sys/net} */
    static void set(String name, String value) {
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
