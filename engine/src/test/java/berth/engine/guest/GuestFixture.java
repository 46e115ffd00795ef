package berth.engine.guest;

import berth.engine.network.GuestInterface;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.netlink.IpAddresses;
import berth.linux.netlink.IpPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A tree that looks like a guest's, and what was noted while it was written into. */
final class GuestFixture {
    /** On a bridge, with the bridge as its gateway. */
    static final GuestInterface BRIDGED = netif(
            "eth0",
            1400,
            List.of("192.0.2.7/24", "2001:db8::7/64"),
            via("0.0.0.0/0", "192.0.2.1"),
            via("::/0", "2001:db8::1"));

    /** Routed: its next hops are in no network of its own. */
    static final GuestInterface ROUTED = netif(
            "eth1",
            null,
            List.of("198.51.100.7/32", "2001:db8:1::7/128"),
            direct("255.255.255.254/32"),
            onLink("0.0.0.0/0", "255.255.255.254"),
            via("::/0", "fe80::1"));

    /** Asks for its addresses itself. */
    static final GuestInterface DHCP =
            new GuestInterface("eth2", "02:00:00:00:00:01", null, true, List.of(), List.of());

    /** The second of two interfaces with a gateway. */
    static final GuestInterface SECOND = new GuestInterface(
            "eth3",
            "02:00:00:00:00:01",
            null,
            false,
            List.of(IpPrefix.parse("203.0.113.7/32")),
            Stream.of(direct("255.255.255.254/32"), onLink("0.0.0.0/0", "255.255.255.254"))
                    .map(h -> new GuestInterface.Hop(h.destination(), h.gateway(), h.isOnLink(), OptionalLong.of(1025)))
                    .toList());

    private final Path root;
    private final List<String> notes = new ArrayList<>();

    GuestFixture(Path root) {
        this.root = root;
    }

    static GuestInterface netif(
            String name, @Nullable Integer mtu, List<String> addresses, GuestInterface.Hop... hops) {
        return new GuestInterface(
                name,
                "02:00:00:00:00:01",
                mtu,
                false,
                addresses.stream().map(IpPrefix::parse).toList(),
                List.of(hops));
    }

    static GuestInterface.Hop via(String destination, String gateway) {
        return new GuestInterface.Hop(
                IpPrefix.parse(destination), Optional.of(IpAddresses.parse(gateway)), false, OptionalLong.empty());
    }

    static GuestInterface.Hop onLink(String destination, String gateway) {
        return new GuestInterface.Hop(
                IpPrefix.parse(destination), Optional.of(IpAddresses.parse(gateway)), true, OptionalLong.empty());
    }

    static GuestInterface.Hop direct(String destination) {
        return new GuestInterface.Hop(IpPrefix.parse(destination), Optional.empty(), false, OptionalLong.empty());
    }

    GuestFixture directory(String... paths) {
        return attempt(() -> {
            for (String path : paths) {
                Files.createDirectories(root.resolve(path));
            }
        });
    }

    /** Programs, or anything else of which only the name counts. */
    GuestFixture program(String... paths) {
        Stream.of(paths).forEach(p -> file(p, ""));
        return this;
    }

    GuestFixture file(String path, String text) {
        return attempt(() -> {
            Files.createDirectories(root.resolve(path).getParent());
            Files.writeString(root.resolve(path), text);
        });
    }

    GuestFixture link(String path, String target) {
        return attempt(() -> {
            Files.createDirectories(root.resolve(path).getParent());
            Files.createSymbolicLink(root.resolve(path), Path.of(target));
        });
    }

    GuestFixture enabled(String unit) {
        return link("etc/systemd/system/multi-user.target.wants/" + unit, "/usr/lib/systemd/system/" + unit);
    }

    GuestFixture mode(String path, String mode) {
        return attempt(() -> Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString(mode)));
    }

    GuestFixture remove(String path) {
        return attempt(() -> Files.delete(root.resolve(path)));
    }

    /** Whether its network manager is known. */
    boolean write(GuestInterface... interfaces) {
        try (Directory rootfs = Directory.open(root, Resolution.IN_ROOT)) {
            int uid = (Integer) Files.getAttribute(root, "unix:uid");
            int gid = (Integer) Files.getAttribute(root, "unix:gid");
            return GuestNetwork.write(new GuestTree(rootfs, uid, gid, notes::add), List.of(interfaces));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path(String path) {
        return root.resolve(path);
    }

    List<String> notes() {
        return notes;
    }

    /** What a second write would have changed: inode numbers change with every file that is replaced. */
    String state() {
        try (Stream<Path> all = Files.walk(root)) {
            StringBuilder state = new StringBuilder();
            for (Path path : all.sorted().toList()) {
                state.append(root.relativize(path))
                        .append(' ')
                        .append(Files.getAttribute(path, "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS))
                        .append('\n');
            }
            return state.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private GuestFixture attempt(Work work) {
        try {
            work.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
