package berth.hosttest;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Command lines as tests write them. */
public final class Words {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\\S+");

    private Words() {}

    /** The words of {@code line}, separated by spaces; single quotes keep spaces. Nothing else is special. */
    static List<String> of(String line) {
        return WORD.matcher(line).results().map(Words::word).toList();
    }

    /** One line that a shell splits into {@code words} again. */
    public static String quoted(List<String> words) {
        return String.join(
                " ",
                words.stream().map(w -> "'" + w.replace("'", "'\\''") + "'").toList());
    }

    private static String word(MatchResult match) {
        String quoted = match.group(1);
        return quoted == null ? match.group() : quoted;
    }
}
