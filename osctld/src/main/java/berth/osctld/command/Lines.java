package berth.osctld.command;

import java.util.List;

/** The difference of two short texts. */
final class Lines {
    private Lines() {}

    /** The lines of both, those only in {@code before} with {@code -}, those only in {@code after} with {@code +}. */
    static String diff(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        StringBuilder out = new StringBuilder();
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
        return out.toString();
    }

    private static void add(StringBuilder out, char sign, String line) {
        out.append(sign).append(line).append('\n');
    }
}
