package berth.hosttest;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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

    /** Where what takes long to make is kept until the next {@code mvn clean}. */
    static Path artifacts() {
        return Path.of(requireNonNull(System.getProperty("berth.artifacts", "target")))
                .toAbsolutePath();
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
