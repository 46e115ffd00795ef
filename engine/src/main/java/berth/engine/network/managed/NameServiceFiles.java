package berth.engine.network.managed;

import berth.engine.network.Words;
import berth.engine.store.FileFailure;
import berth.linux.netlink.IpPrefix;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files by which dnsmasq serves a network. It notices new ones in its two directories by itself. Source: dnsmasq(8).
 *
 * @param run its configuration and the two directories
 * @param state what lasts: the leases
 */
record NameServiceFiles(Path run, Path state) {
    /** What a host may be called, or dnsmasq refuses the whole line. Source: RFC 1123. */
    private static final String HOST_NAME = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

    Path configuration() {
        return run.resolve("dnsmasq.conf");
    }

    Path pid() {
        return run.resolve("dnsmasq.pid");
    }

    Path log() {
        return run.resolve("dnsmasq.log");
    }

    Path leases() {
        return state.resolve("leases");
    }

    /** The configuration of {@code network}. */
    String text(Network network) {
        List<String> lines = new ArrayList<>(List.of(
                "# Written by osctld for network " + network.name() + "; changes are lost.",
                "keep-in-foreground",
                "pid-file=" + pid(),
                "log-facility=" + log(),
                "interface=" + network.bridge(),
                "except-interface=lo",
                "bind-interfaces"));
        network.hosts().forEach(h -> lines.add("listen-address=" + Words.text(h.address())));
        lines.addAll(List.of(
                "no-hosts",
                "hostsdir=" + names(),
                "domain=" + network.domainName(),
                "local=/" + network.domainName() + "/",
                "interface-name=gateway." + network.domainName() + "," + network.bridge(),
                "domain-needed",
                "bogus-priv"));
        if (!network.kind().isForwarded()) {
            lines.add("no-resolv");
        }
        lines.addAll(List.of(
                "dhcp-authoritative",
                "dhcp-hostsdir=" + hosts(),
                "dhcp-leasefile=" + leases(),
                "no-ping",
                "quiet-dhcp",
                "quiet-dhcp6",
                "quiet-ra"));
        network.host(true).ifPresent(h -> lines.add("dhcp-range=%s,static,1h".formatted(text(h))));
        network.host(false).ifPresent(h -> {
            lines.add("dhcp-range=%s,static,%d,1h".formatted(text(h), h.length()));
            lines.add("enable-ra");
            if (!network.kind().isForwarded()) {
                // On the link, but no way out of it.
                lines.add("ra-param=%s,0,0".formatted(network.bridge()));
            }
        });
        if (!network.kind().isForwarded()) {
            lines.add("dhcp-option=option:router");
        }
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    /** Makes the directories. */
    void make() {
        for (Path directory : List.of(run, state, names(), hosts())) {
            try {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            } catch (IOException e) {
                throw FileFailure.of("make", directory, e);
            }
        }
    }

    /** Tells of {@code port}. */
    void put(Port port) {
        List<InetAddress> all = port.prefixes().stream().map(IpPrefix::address).toList();
        if (all.isEmpty()) {
            return;
        }
        String host = Stream.concat(
                        Stream.of(port.mac().toString()),
                        all.stream().map(a -> IpPrefix.of(a).isIpv4() ? Words.text(a) : "[" + Words.text(a) + "]"))
                .collect(Collectors.joining(","));
        boolean named = port.name().matches(HOST_NAME);
        write(hosts().resolve(port.link()), host + (named ? "," + port.name() : "") + "\n");
    }

    /** Tells of the names of {@code port} in {@code domain}. */
    void putNames(Port port, String domain) {
        if (port.name().matches(HOST_NAME) && !port.prefixes().isEmpty()) {
            write(
                    names().resolve(port.link()),
                    port.prefixes().stream()
                            .map(p -> "%s %s.%s %s\n"
                                    .formatted(Words.text(p.address()), port.name(), domain, port.name()))
                            .collect(Collectors.joining()));
        }
    }

    /** Forgets {@code port}; dnsmasq must be told. */
    void remove(Port port) {
        for (Path directory : List.of(hosts(), names())) {
            delete(directory.resolve(port.link()));
        }
    }

    /** Forgets what is of none of {@code ports}. */
    void keepOnly(Collection<Port> ports) {
        Set<String> known = new HashSet<>();
        ports.forEach(p -> known.add(p.link()));
        for (Path directory : List.of(hosts(), names())) {
            list(directory).stream()
                    .filter(f -> !known.contains(f.getFileName().toString()))
                    .forEach(NameServiceFiles::delete);
        }
    }

    /** Removes all of them. */
    void removeAll() {
        for (Path root : List.of(run, state)) {
            try (Stream<Path> tree = Files.exists(root) ? Files.walk(root) : Stream.empty()) {
                tree.sorted(Comparator.reverseOrder()).forEach(NameServiceFiles::delete);
            } catch (IOException e) {
                throw FileFailure.of("remove", root, e);
            }
        }
    }

    /** Writes {@code text} to {@code file} at one moment, for dnsmasq, which does not run as root. */
    void write(Path file, String text) {
        Path next = run.resolve("." + file.getFileName() + ".new");
        try {
            if (Files.exists(file) && Files.readString(file).equals(text)) {
                return;
            }
            Files.write(next, text.getBytes(StandardCharsets.UTF_8));
            Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
    }

    private Path hosts() {
        return run.resolve("hosts");
    }

    private Path names() {
        return run.resolve("names");
    }

    private static String text(IpPrefix host) {
        return Words.text(host.network().address());
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            throw FileFailure.of("read", directory, e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw FileFailure.of("remove", file, e);
        }
    }
}
