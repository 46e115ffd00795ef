package berth.engine.guest;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a user wrote in {@code /etc/network/interfaces}. Source: interfaces(5). */
final class InterfacesText {
    /** Before each line that is out of force while Berth configures its interface. */
    private static final String ASIDE = "#berth# ";

    private static final Set<String> SECTIONS = Set.of(
            "iface",
            "auto",
            "mapping",
            "rename",
            "template",
            "source",
            "source-dir",
            "source-directory",
            "no-auto-down",
            "no-scripts");

    private InterfacesText() {}

    /** {@code text} with all that it says about the interfaces {@code names} commented out, and nothing else. */
    static String without(String text, Set<String> names) {
        StringBuilder result = new StringBuilder();
        boolean isAside = false;
        boolean goesOn = false;
        for (String raw : text.split("(?<=\n)")) {
            String line = raw.startsWith(ASIDE) ? raw.substring(ASIDE.length()) : raw;
            List<String> words = words(line);
            if (!goesOn && isSection(words)) {
                isAside = isOnlyAbout(words, names);
            }
            boolean says = goesOn || (!words.isEmpty() && !words.getFirst().startsWith("#"));
            result.append(isAside && says ? ASIDE : "").append(line);
            goesOn = says && line.stripTrailing().endsWith("\\");
        }
        return result.toString();
    }

    /** Those of {@code names} that are brought up by a line which {@link #without} keeps. */
    static Set<String> declaredWithOthers(String text, Set<String> names) {
        return without(text, names)
                .lines()
                .map(InterfacesText::words)
                .filter(InterfacesText::isAuto)
                .flatMap(List::stream)
                .filter(names::contains)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The interfaces that {@code text} configures. */
    static Set<String> interfaces(String text) {
        return text.lines()
                .map(InterfacesText::words)
                .filter(w -> w.size() > 1 && w.getFirst().equals("iface"))
                .map(w -> w.get(1))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean isSection(List<String> words) {
        return !words.isEmpty()
                && (SECTIONS.contains(words.getFirst()) || words.getFirst().startsWith("allow-"));
    }

    private static boolean isOnlyAbout(List<String> words, Set<String> names) {
        if (words.getFirst().equals("iface")) {
            return words.size() > 1 && names.contains(words.get(1));
        }
        return isAuto(words) && words.size() > 1 && names.containsAll(words.subList(1, words.size()));
    }

    private static boolean isAuto(List<String> words) {
        return !words.isEmpty()
                && (words.getFirst().equals("auto") || words.getFirst().startsWith("allow-"));
    }

    private static List<String> words(String line) {
        return Arrays.stream(line.strip().split("\\s+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }
}
