package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileName;
import berth.linux.file.Resolution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a container has a program, found out before it is entered: LXC's own words for one that is missing help nobody. */
final class GuestProgram {
    private GuestProgram() {}

    /**
     * Refuses a program that is not there.
     *
     * @param rootfs the root file system as the host mounted it
     * @param searchPath where a program without a slash is looked for, as in {@code PATH}
     * @throws BerthException NO_PROGRAM
     */
    static void require(Container container, Directory rootfs, String searchPath, byte[] word) {
        String program = FileName.decode(word);
        boolean relative = program.contains("/") && !program.startsWith("/");
        // A relative one depends on a directory that only the guest knows for sure.
        if (relative || isIn(rootfs, searchPath, program) || isMounted(container, searchPath, program)) {
            return;
        }
        throw new BerthException(
                ErrorCode.NO_PROGRAM,
                "there is no program '%s' in container '%s'".formatted(FileName.printable(program), container.name()),
                program.startsWith("/")
                        ? "its path is as the container sees it"
                        : "give its whole path if it is in none of " + searchPath);
    }

    /** Beneath something that the guest mounted itself: seen through its init. Nobody else's FUSE can hold this up: fuse(4). */
    private static boolean isMounted(Container container, String searchPath, String program) {
        Optional<Integer> init = container.initPid();
        if (init.isEmpty()) {
            return true;
        }
        try (Directory root = Directory.open(Path.of("/proc", init.get().toString(), "root"), Resolution.IN_ROOT)) {
            return isIn(root, searchPath, program);
        } catch (KernelException e) {
            return true;
        }
    }

    private static boolean isIn(Directory root, String searchPath, String program) {
        Stream<String> places = program.contains("/")
                ? Stream.of(program)
                : Arrays.stream(searchPath.split(":")).map(directory -> directory + "/" + program);
        return places.anyMatch(place -> exists(root, "." + place));
    }

    private static boolean exists(Directory root, String path) {
        try {
            return root.statTarget(path).isPresent();
        } catch (KernelException e) {
            return false;
        }
    }
}
