package berth.engine.image;

import berth.linux.file.FileName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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
