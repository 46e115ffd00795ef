package berth.engine.network;

import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel's settings of the host's network that were changed, each for a reason, and how they were. When the reason is gone they
 * are set back, unless somebody else has changed them since. The note of it is written before a change is made, and lies where a
 * reboot of the host, which forgets the settings, forgets it too. Safe for use by several threads.
 */
public final class HostSettings {
    private static final int FIELDS = 4;

    private final Path note;

    /** @param note the file that remembers */
    public HostSettings(Path note) {
        this.note = note;
    }

    /** @param reason a word */
    private record Change(String reason, String setting, String former, String value) {
        static Optional<Change> read(String line) {
            String[] fields = line.split(" ");
            return fields.length == FIELDS
                    ? Optional.of(new Change(fields[0], fields[1], fields[2], fields[3]))
                    : Optional.empty();
        }

        String line() {
            return String.join(" ", reason, setting, former, value) + "\n";
        }
    }

    /** Gives settings values for {@code reason}, a word; those that the kernel does not have, or has so already, are left. */
    public synchronized void change(String reason, Map<String, String> values) {
        List<Change> changes = new ArrayList<>();
        values.forEach((setting, value) -> Sysctl.read(setting)
                .filter(former -> !former.equals(value))
                .ifPresent(former -> changes.add(new Change(reason, setting, former, value))));
        if (changes.isEmpty()) {
            return;
        }
        List<Change> all = new ArrayList<>(noted());
        // What is noted already was found otherwise again: the oldest value is the host's own.
        changes.stream()
                .filter(c -> all.stream().noneMatch(n -> n.setting().equals(c.setting())))
                .forEach(all::add);
        write(all);
        changes.forEach(c -> Sysctl.set(c.setting(), c.value()));
    }

    /** Sets back what was changed for {@code reason}; nothing happens if nothing was. */
    public synchronized void restore(String reason) {
        List<Change> all = noted();
        List<Change> kept = all.stream().filter(c -> !c.reason().equals(reason)).toList();
        if (kept.size() == all.size()) {
            return;
        }
        all.stream()
                .filter(c -> c.reason().equals(reason))
                .filter(c -> Sysctl.read(c.setting()).filter(c.value()::equals).isPresent())
                .forEach(c -> Sysctl.set(c.setting(), c.former()));
        write(kept);
    }

    /** The reasons for which settings are changed now. */
    public synchronized List<String> reasons() {
        return noted().stream().map(Change::reason).distinct().toList();
    }

    private List<Change> noted() {
        try {
            return Files.readAllLines(note).stream()
                    .flatMap(l -> Change.read(l).stream())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw FileFailure.of("read", note, e);
        }
    }

    private void write(List<Change> changes) {
        StringBuilder text = new StringBuilder();
        changes.forEach(c -> text.append(c.line()));
        try {
            if (changes.isEmpty()) {
                Files.deleteIfExists(note);
            } else {
                DurableFile.write(note, text.toString(), DurableFile.PUBLIC);
            }
        } catch (IOException e) {
            throw FileFailure.of("write", note, e);
        }
    }
}
