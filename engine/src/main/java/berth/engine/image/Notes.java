package berth.engine.image;

import berth.linux.file.FileName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what a user should know about an import that went well. */
final class Notes {
    private final Map<Omission, Integer> counts = new EnumMap<>(Omission.class);
    private final Map<Omission, String> examples = new EnumMap<>(Omission.class);
    private final List<String> others = new ArrayList<>();

    /** Counts one more {@code omission}, with what it was for the message. */
    void omitted(Omission omission, String example) {
        counts.merge(omission, 1, Integer::sum);
        examples.putIfAbsent(omission, FileName.printable(example));
    }

    /** Whether {@code entry} is of a kind that no tree gets, devices and sockets, and counts it then. */
    boolean leavesOut(ArchiveEntry entry) {
        Optional<Omission> omission = switch (entry.kind()) {
            case DEVICE -> Optional.of(Omission.DEVICE);
            case SOCKET -> Optional.of(Omission.SOCKET);
            case FILE, DIRECTORY, SYMLINK, HARD_LINK, FIFO, WHITEOUT, OPAQUE -> Optional.empty();
        };
        omission.ifPresent(o -> omitted(o, entry.name()));
        return omission.isPresent();
    }

    void add(String note) {
        others.add(note);
    }

    /** The notes, one line each. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(others);
        counts.forEach((omission, count) -> lines.add(omission.note(count, examples.getOrDefault(omission, ""))));
        return lines;
    }
}
