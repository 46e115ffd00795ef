package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The programs of the host that building an image needs. */
final class Programs {
    /** Where they are looked for; the daemon's own PATH may be empty. */
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Programs() {}

    /** The path of {@code program}. @throws BerthException UNSUPPORTED if there is none, saying that {@code aptPackage} has it */
    static Path find(String program, String aptPackage) {
        return List.of(PATH.split(":")).stream()
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing("this machine has no program '%s'".formatted(program), aptPackage));
    }

    /** An error that {@code aptPackage} cures. */
    static BerthException missing(String what, String aptPackage) {
        return new BerthException(ErrorCode.UNSUPPORTED, what, "install it: apt install " + aptPackage);
    }
}
