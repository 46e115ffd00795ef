package berth.engine.storage.zfs;

import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A ZFS pool in a file, of whichever ZFS the machine has; {@code zpool.sh} makes and destroys it. */
final class TestZpool implements BeforeAllCallback, AfterAllCallback {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int CANNOT = 75;

    private final String name =
            "berth" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    /** What is to be removed afterwards, in this order; nothing until it was made. */
    private List<Path> made = List.of();

    /** Makes it. Where there can be none, the tests are skipped and say why. */
    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Captured possible = script("check");
        Assumptions.assumeTrue(possible.status().code() != CANNOT, () -> tell(possible.outputText()));
        Path directory = Files.createTempDirectory("zpool");
        Path disk = directory.resolve("disk");
        Path place = directory.resolve("mnt");
        made = List.of(disk, place, directory);
        require(script("make", name, disk.toString(), "256", place.toString()));
    }

    /** Destroys it. */
    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        require(script("destroy", name));
        for (Path path : made) {
            Files.deleteIfExists(path);
        }
    }

    private static String tell(String reason) {
        System.err.println("ZFS is skipped: " + reason.strip());
        return reason.strip();
    }

    String name() {
        return name;
    }

    /** Runs {@code zfs}, which must succeed; returns what it prints. */
    static String zfs(String... arguments) {
        List<String> words = new ArrayList<>(List.of("zfs"));
        words.addAll(List.of(arguments));
        return require(run(words)).outputText();
    }

    /** Has it write all that was changed, and so count it. */
    void sync() {
        require(run(List.of("zpool", "sync", name)));
    }

    /** Destroys a dataset with all beneath it, which may be in use for a moment. */
    static void destroy(String dataset) {
        require(script("clear", dataset));
    }

    private static Captured script(String... arguments) {
        try (InputStream text = Objects.requireNonNull(TestZpool.class.getResourceAsStream("/zpool.sh"))) {
            List<String> words = new ArrayList<>(
                    List.of("sh", "-c", new String(text.readAllBytes(), StandardCharsets.UTF_8), "zpool.sh"));
            words.addAll(List.of(arguments));
            return run(words);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Captured run(List<String> words) {
        try {
            return Capture.of(Command.of(words).withEnvironment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")))
                    .run(LIMIT);
        } catch (Exception e) {
            throw new AssertionError(String.join(" ", words), e);
        }
    }

    private static Captured require(Captured done) {
        if (!done.status().isSuccess()) {
            throw new AssertionError(done.errorText() + done.outputText());
        }
        return done;
    }
}
