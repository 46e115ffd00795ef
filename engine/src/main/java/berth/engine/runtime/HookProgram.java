package berth.engine.runtime;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The program that LXC runs before each init, so that the daemon can prepare the container: {@code osctl} in hook mode.
 *
 * <p>A copy of it, laid out at the daemon's start. Monitors of every user must reach it, which a checkout below {@code /root}
 * does not let them, and for as long as a container runs, which a checkout that is moved does not either; {@code /run} may be
 * mounted without the right to execute. With the daemon its hooks change to a new version, also those of running containers.
 */
public final class HookProgram {
    private static final String NAME = "osctl";

    private HookProgram() {}

    /** Copies {@code osctl} to where monitors find it. @throws BerthException UNSUPPORTED if there is none */
    public static void lay(Instance instance, Path osctl) throws IOException {
        if (!Files.isExecutable(osctl)) {
            throw new BerthException(ErrorCode.UNSUPPORTED, "%s is missing".formatted(osctl), "build it: 'bin/build'");
        }
        Path file = file(instance);
        // One that runs cannot be written to, but it can be replaced.
        Path copy = file.resolveSibling(NAME + ".new");
        Files.copy(osctl, copy, REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(copy, file, ATOMIC_MOVE);
    }

    /** The line, for LXC's shell, that runs it. An instance's name and directories need no quotes. */
    public static String command(Instance instance) {
        return "%s --instance %s hook start-host".formatted(file(instance), instance.name());
    }

    private static Path file(Instance instance) {
        return instance.stateDirectory().resolve(NAME);
    }
}
