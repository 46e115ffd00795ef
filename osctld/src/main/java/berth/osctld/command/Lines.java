package berth.osctld.command;

import java.util.ArrayList;
import java.util.List;

/** The difference of two short texts. */
final class Lines {
    private Lines() {}

    /** A line of either text or of both. */
    private record Line(char sign, String text) {
        /** How deep it lies; an item of a list lies below the key before it, which YAML does not indent. */
        int depth() {
            int blanks = text.length() - text.stripLeading().length();
            return text.startsWith("- ", blanks) ? blanks + 1 : blanks;
        }

        @Override
        public String toString() {
            return sign + text + "\n";
        }
    }

    /**
     * What differs: lines only in {@code before} with {@code -}, those only in {@code after} with {@code +}; and of the others those
     * that a different one lies below, as in {@code autostart:} above {@code priority: 5}.
     */
    static String diff(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Line> out = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                add(out, ' ', before.get(i++));
                j++;
            } else if (j == after.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                add(out, '-', before.get(i++));
            } else {
                add(out, '+', after.get(j++));
            }
        }
        return changed(out);
    }

    private static String changed(List<Line> lines) {
        StringBuilder text = new StringBuilder();
        int above = 0;
        for (Line line : lines.reversed()) {
            if (line.sign() != ' ') {
                above = line.depth();
            } else if (line.depth() >= above) {
                continue;
            } else {
                above = line.depth();
            }
            text.insert(0, line);
        }
        return text.toString();
    }

    private static void add(List<Line> out, char sign, String line) {
        out.add(new Line(sign, line));
    }
}
