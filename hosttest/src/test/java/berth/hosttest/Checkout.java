package berth.hosttest;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Consumer;

/** The checkout whose programs are tested. */
public final class Checkout {
    private static final Path ROOT = Path.of(requireNonNull(System.getProperty("berth.checkout", "..")))
            .toAbsolutePath()
            .normalize();

    private Checkout() {}

    /** Where {@code osctl} and {@code osctld} are. */
    public static Path programs() {
        return ROOT.resolve("bin");
    }

    /** What hostile guests run, which the host can run too. */
    public static Path hostile() {
        Path program = ROOT.resolve("native/build/test/hostile");
        if (!Files.isExecutable(program)) {
            throw new AssertionError("%s is missing; 'make -C native hostile' builds it".formatted(program));
        }
        return program;
    }

    /**
     * What takes long to make and is kept until the next {@code mvn clean}: {@code maker} makes file {@code name} where it is missing.
     * One process does at a time, as test classes run in several.
     */
    static Path artifact(String name, Consumer<Path> maker) {
        Path directory = Path.of(requireNonNull(System.getProperty("berth.artifacts", "target")))
                .toAbsolutePath();
        Path artifact = directory.resolve(name);
        try (FileChannel file = FileChannel.open(
                        directory.resolve("artifacts.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = file.lock()) {
            if (!Files.exists(artifact)) {
                maker.accept(artifact);
            }
            return artifact;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Why nothing can be tested here; empty if it can. */
    static Optional<String> obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("host tests need root");
        }
        if (!Files.isExecutable(ROOT.resolve("native/build/osctl")) || !Files.isDirectory(ROOT.resolve(".build/lib"))) {
            return Optional.of("host tests need the programs of " + ROOT + "; bin/build makes them");
        }
        if (!Files.isExecutable(Path.of("/usr/bin/lxc-start"))) {
            return Optional.of("host tests need LXC; apt-get install lxc installs it");
        }
        return Optional.empty();
    }
}
