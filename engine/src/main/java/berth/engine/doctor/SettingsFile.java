package berth.engine.doctor;

import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The file by which the kernel's settings are made again when the host boots. Source: sysctl.d(5). */
record SettingsFile(Path path) {
    private static final String HEADER = "# Raised by 'osctl doctor --fix'; delete what you do not want.";

    /** Writes {@code values} into it, in place of lower ones of the same settings; whatever else is in it stays. */
    void raise(Map<String, Long> values) {
        List<String> lines = new ArrayList<>(lines());
        if (lines.isEmpty()) {
            lines.add(HEADER);
        }
        Map<String, Long> highest = new TreeMap<>(values);
        lines.forEach(l -> highest.computeIfPresent(key(l), (_, value) -> Math.max(value, number(l))));
        lines.removeIf(l -> values.containsKey(key(l)));
        highest.forEach((name, value) -> lines.add("%s = %d".formatted(name, value)));
        try {
            Files.createDirectories(path.getParent());
            DurableFile.write(path, String.join("\n", lines) + "\n", DurableFile.PUBLIC);
        } catch (IOException e) {
            throw FileFailure.of("write", path, e);
        }
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw FileFailure.of("read", path, e);
        }
    }

    private static long number(String line) {
        String value = line.substring(line.indexOf('=') + 1).strip();
        return value.matches("\\d{1,18}") ? Long.parseLong(value) : 0;
    }

    private static String key(String line) {
        return line.startsWith("#") ? "" : line.split("=", 2)[0].strip().replaceFirst("^-", "");
    }
}
