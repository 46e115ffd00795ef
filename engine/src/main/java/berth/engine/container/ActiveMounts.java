package berth.engine.container;

import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Which mounts an init has been given, or was being given when a daemon died: a file that goes with the container's run.
 *
 * @param init the init that they are in, as the host numbers it; 0 if there is none
 * @param mountpoints theirs
 */
record ActiveMounts(int init, List<String> mountpoints) {
    private static final ActiveMounts NONE = new ActiveMounts(0, List.of());

    ActiveMounts {
        mountpoints = List.copyOf(mountpoints);
    }

    /** What {@code file} says; none if there is none or it makes no sense. */
    static ActiveMounts read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.isEmpty()
                    ? NONE
                    : new ActiveMounts(Integer.parseInt(lines.getFirst()), lines.subList(1, lines.size()));
        } catch (NoSuchFileException | NumberFormatException e) {
            return NONE;
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }

    void write(Path file) {
        List<String> lines = new ArrayList<>(List.of(Integer.toString(init)));
        lines.addAll(mountpoints);
        try {
            Path next = file.resolveSibling(file.getFileName() + ".new");
            Files.write(next, lines);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw FileFailure.of("write", file, e);
        }
    }

    /** Those of {@code now}: these, unless they are another's. */
    ActiveMounts in(int now) {
        return init == now ? this : new ActiveMounts(now, List.of());
    }

    ActiveMounts with(String mountpoint) {
        List<String> all = new ArrayList<>(without(mountpoint).mountpoints());
        all.add(mountpoint);
        return new ActiveMounts(init, all);
    }

    ActiveMounts without(String mountpoint) {
        return new ActiveMounts(
                init, mountpoints.stream().filter(m -> !m.equals(mountpoint)).toList());
    }
}
