package berth.engine.image;

import berth.linux.KernelException;
import berth.linux.process.Capture;
import berth.linux.process.Command;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the host's apt gets Debian from. Source: sources.list(5), apt-transport-http(1).
 *
 * @param mirror of the archive, empty if it is Debian's usual one
 * @param securityMirror of the security archive, likewise
 * @param proxies apt's option for each protocol that has one
 */
record AptConfiguration(Optional<String> mirror, Optional<String> securityMirror, Map<String, String> proxies) {
    private static final String DEFAULT_MIRROR = "http://deb.debian.org/debian";
    private static final String DEFAULT_SECURITY = "http://security.debian.org/debian-security";
    private static final List<String> PROXY_KEYS = List.of("Acquire::http::Proxy", "Acquire::https::Proxy");
    private static final Pattern URI = Pattern.compile("https?://[^\\s\\[\\]\"]+");
    private static final Pattern ROLLING = Pattern.compile("sid|unstable|testing|experimental");

    /** What this machine has, as far as it is Debian and can be read; nothing otherwise. */
    static AptConfiguration ofHost() {
        List<String> lines = isDebian() ? sourceLines() : List.of();
        return of(lines, proxiesOfHost());
    }

    /** @param sources lines of sources.list and of deb822 files, in any mixture */
    static AptConfiguration of(List<String> sources, Map<String, String> proxies) {
        List<String> uris = new ArrayList<>();
        for (String line : sources) {
            Matcher uri = URI.matcher(line);
            while (line.matches("(deb|URIs:)\\s.*") && uri.find()) {
                uris.add(uri.group().replaceAll("/+$", ""));
            }
        }
        return new AptConfiguration(
                first(uris, "/debian", DEFAULT_MIRROR), first(uris, "/debian-security", DEFAULT_SECURITY), proxies);
    }

    /** The lines of sources.list for {@code release}; none where mmdebstrap's own choice is right. */
    List<String> sources(String release) {
        if (mirror.isEmpty() && securityMirror.isEmpty()) {
            return List.of();
        }
        String archive = mirror.orElse(DEFAULT_MIRROR);
        String main = "deb %s %s main".formatted(archive, release);
        if (ROLLING.matcher(release).matches()) {
            return List.of(main);
        }
        return List.of(
                main,
                "deb %s %s-updates main".formatted(archive, release),
                "deb %s %s-security main".formatted(securityMirror.orElse(DEFAULT_SECURITY), release));
    }

    private static Optional<String> first(List<String> uris, String ending, String usual) {
        return uris.stream()
                .filter(uri -> uri.endsWith(ending))
                .findFirst()
                .filter(uri -> !uri.contains("//deb.debian.org/") && !uri.equals(usual));
    }

    private static boolean isDebian() {
        try {
            return Files.readAllLines(Path.of("/etc/os-release")).contains("ID=debian");
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> sourceLines() {
        List<String> lines = new ArrayList<>();
        Path apt = Path.of("/etc/apt");
        try {
            if (Files.exists(apt.resolve("sources.list"))) {
                lines.addAll(Files.readAllLines(apt.resolve("sources.list")));
            }
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(apt.resolve("sources.list.d"), "*.{list,sources}")) {
                for (Path file : files) {
                    lines.addAll(Files.readAllLines(file));
                }
            }
        } catch (IOException e) {
            // What is unreadable here is no mirror to use; the usual one remains.
        }
        return lines;
    }

    private static Map<String, String> proxiesOfHost() {
        try {
            List<String> command = new ArrayList<>(List.of("apt-config", "dump", "--format", "%f=%v%n"));
            command.addAll(PROXY_KEYS);
            String output = Capture.of(Command.of(command).withEnvironment(Map.of("PATH", Programs.PATH, "LANG", "C")))
                    .run(Duration.ofSeconds(20))
                    .outputText();
            Map<String, String> proxies = new TreeMap<>();
            for (String line : output.split("\n")) {
                String[] parts = line.split("=", 2);
                if (parts.length == 2
                        && PROXY_KEYS.contains(parts[0])
                        && URI.matcher(parts[1]).matches()) {
                    proxies.put(parts[0], parts[1]);
                }
            }
            return proxies;
        } catch (KernelException | TimeoutException e) {
            return Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Map.of();
        }
    }
}
