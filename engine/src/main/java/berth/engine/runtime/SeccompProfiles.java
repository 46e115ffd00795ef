package berth.engine.runtime;

import berth.engine.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The system call filters that LXC loads for containers, laid out under {@code /run} at the daemon's start. */
public final class SeccompProfiles {
    private static final String DEFAULT = "default";

    private SeccompProfiles() {}

    /** The profile that every container has unless it is given another. */
    public static Path standard(Instance instance) {
        return directory(instance).resolve(DEFAULT);
    }

    /** Writes the profiles that come with Berth. Monitors of every user read them. */
    public static void lay(Instance instance) throws IOException {
        Files.createDirectories(directory(instance));
        Files.setPosixFilePermissions(directory(instance), PosixFilePermissions.fromString("rwx--x--x"));
        try (InputStream profile = SeccompProfiles.class.getResourceAsStream("seccomp-" + DEFAULT)) {
            if (profile == null) {
                throw new IOException("the profile seccomp-" + DEFAULT + " is not in the program");
            }
            Files.copy(profile, standard(instance), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(standard(instance), PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static Path directory(Instance instance) {
        return instance.runDirectory().resolve("seccomp");
    }
}
