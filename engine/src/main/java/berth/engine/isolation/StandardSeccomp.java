package berth.engine.isolation;

import berth.engine.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The system call filter that every container has unless it is given another, laid out under {@code /run} at the daemon's start. */
public final class StandardSeccomp {
    /** What it is called. */
    public static final String NAME = "default";

    private StandardSeccomp() {}

    /** The file that LXC reads. */
    public static Path file(Instance instance) {
        return directory(instance).resolve(NAME);
    }

    /** Writes it. Monitors of every user read it. */
    public static void lay(Instance instance) throws IOException {
        Files.createDirectories(directory(instance));
        Files.setPosixFilePermissions(directory(instance), PosixFilePermissions.fromString("rwx--x--x"));
        try (InputStream profile = open()) {
            Files.copy(profile, file(instance), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(file(instance), PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static InputStream open() throws IOException {
        InputStream profile = StandardSeccomp.class.getResourceAsStream("seccomp-" + NAME);
        if (profile == null) {
            throw new IOException("the profile seccomp-" + NAME + " is not in the program");
        }
        return profile;
    }

    private static Path directory(Instance instance) {
        return instance.runDirectory().resolve("seccomp");
    }
}
