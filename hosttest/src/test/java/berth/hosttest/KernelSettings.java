package berth.hosttest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The kernel's settings of this machine, which a test may change while it runs. */
final class KernelSettings implements AutoCloseable {
    private static final Path ROOT = Path.of("/proc/sys");
    private static final int LONGEST = 100;

    private final Map<String, String> former = new TreeMap<>();

    /** Remembers how {@code settings} are; those that the machine does not have are left out. */
    KernelSettings(Iterable<String> settings) {
        settings.forEach(s -> find(s).ifPresent(value -> former.put(s, value)));
    }

    /** The names of those that {@code osctl doctor} raises. */
    static List<String> thatTheDoctorKnows(Host host) {
        return findings(host, "--everything").toList();
    }

    /** The names of those that it finds too low. */
    static List<String> thatAreLow(Host host, int containers) {
        return findings(host, "--containers " + containers).toList();
    }

    /** It ends with status 1 where anything is low, settings or not. */
    private static Stream<String> findings(Host host, String options) {
        return new JsonMapper()
                .readTree(host.osctl("-j doctor " + options).stdout())
                .valueStream()
                .filter(s -> s.get("kind").asString().equals("setting"))
                .map(s -> s.get("name").asString());
    }

    /** The value of a setting, as sysctl(8) names it. */
    static long value(String setting) {
        return Long.parseLong(find(setting).orElseThrow());
    }

    static void set(String setting, String value) {
        Host.write(file(setting), value);
    }

    private static Optional<String> find(String setting) {
        if (!Files.exists(file(setting))) {
            return Optional.empty();
        }
        // In one piece: who comes for one byte first, as readString does, is given no more.
        try (InputStream in = Files.newInputStream(file(setting))) {
            return Optional.of(new String(in.readNBytes(LONGEST), StandardCharsets.US_ASCII).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(String setting) {
        return ROOT.resolve(setting.replace('.', '/'));
    }

    /** Sets those back that are otherwise now: not every one of them may be written here. */
    @Override
    public void close() {
        former.entrySet().stream()
                .filter(e -> find(e.getKey()).filter(e.getValue()::equals).isEmpty())
                .forEach(e -> set(e.getKey(), e.getValue()));
    }
}
