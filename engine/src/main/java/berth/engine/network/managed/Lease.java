package berth.engine.network.managed;

import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An address that a guest has asked for by DHCP.
 *
 * @param expires empty if it is for ever
 * @param hwaddr the guest's MAC address; for IPv6 the number of its interface
 * @param hostname empty if the guest has none
 */
public record Lease(String address, String hwaddr, Optional<String> hostname, Optional<Instant> expires) {
    private static final int FIELDS = 4;
    private static final int ADDRESS = 2;
    private static final int NAME = 3;

    /** The leases in dnsmasq's {@code file}, of which it writes one a line. */
    static List<Lease> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(l -> l.split(" "))
                    .filter(f -> f.length >= FIELDS && !f[0].equals("duid"))
                    .map(f -> new Lease(
                            f[ADDRESS],
                            f[1],
                            f[NAME].equals("*") ? Optional.empty() : Optional.of(f[NAME]),
                            f[0].equals("0")
                                    ? Optional.empty()
                                    : Optional.of(Instant.ofEpochSecond(Long.parseLong(f[0])))))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }
}
