package berth.engine.isolation;

import berth.engine.Instance;
import berth.linux.KernelException;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AppArmor on this host. The profiles are loaded when the daemon starts, never for a container; the parser keeps them compiled, so
 * that only the first time takes more than a few milliseconds.
 */
public final class AppArmor {
    private static final Logger LOG = LoggerFactory.getLogger(AppArmor.class);
    /** Says {@code Y} where the kernel has it and it was not switched off. */
    private static final Path ENABLED = Path.of("/sys/module/apparmor/parameters/enabled");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final State state;
    private final Instance instance;

    /** How far it got. */
    private enum State {
        LOADED,
        NOT_IN_KERNEL,
        NOT_LOADED
    }

    private AppArmor(State state, Instance instance) {
        this.state = state;
        this.instance = instance;
    }

    /** Loads the profiles of {@code instance} by {@code parser}, which is apparmor_parser, if the kernel has use for them. */
    public static AppArmor load(Instance instance, Optional<Path> parser) {
        return load(instance, parser, ENABLED);
    }

    static AppArmor load(Instance instance, Optional<Path> parser, Path enabled) {
        if (!isEnabled(enabled)) {
            LOG.info("This kernel has no AppArmor: containers are confined without it");
            return new AppArmor(State.NOT_IN_KERNEL, instance);
        }
        try {
            replace(
                    instance,
                    parser.orElseThrow(() -> new IOException("the program apparmor_parser is not installed")));
            return new AppArmor(State.LOADED, instance);
        } catch (IOException | KernelException | TimeoutException e) {
            LOG.warn("AppArmor profiles cannot be loaded, LXC's own are used: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new AppArmor(State.NOT_LOADED, instance);
    }

    /** The profile of a container that has chosen {@code isolation}; empty leaves it to LXC, which takes one of its own. */
    public Optional<String> profile(Isolation isolation) {
        return switch (state) {
            case LOADED -> Optional.of(AppArmorProfiles.name(instance, isolation.nesting(), isolation.readOnlyRoot()));
            case NOT_IN_KERNEL, NOT_LOADED -> Optional.empty();
        };
    }

    /** What to show as the profile of such a container. */
    public String describe(Isolation isolation) {
        return switch (state) {
            case LOADED -> profile(isolation).orElseThrow();
            case NOT_IN_KERNEL -> "none, the kernel has no AppArmor";
            case NOT_LOADED -> "LXC's own, the log of osctld says why";
        };
    }

    private static void replace(Instance instance, Path parser)
            throws IOException, InterruptedException, TimeoutException {
        Path directory = instance.stateDirectory().resolve("apparmor");
        Files.createDirectories(directory.resolve("cache"));
        Path file = directory.resolve("profiles");
        Files.writeString(file, AppArmorProfiles.text(instance));
        Captured result = Capture.of(Command.of(
                        parser.toString(),
                        "--replace",
                        "--write-cache",
                        "--cache-loc",
                        directory.resolve("cache").toString(),
                        file.toString()))
                .run(PATIENCE);
        if (!result.status().isSuccess()) {
            throw new IOException(result.errorText().lines().findFirst().orElse("apparmor_parser says nothing of why"));
        }
    }

    private static boolean isEnabled(Path enabled) {
        try {
            return Files.readString(enabled).startsWith("Y");
        } catch (IOException e) {
            return false;
        }
    }
}
