package berth.osctld.command;

import java.util.List;

/** Lays out a page for a terminal. */
final class HelpText {
    private static final int WIDTH = 80;
    private static final int WIDEST_TERM = 26;

    private HelpText() {}

    /** The help of a command. */
    static String of(Leaf leaf, String path) {
        return of(Page.of(leaf, path));
    }

    /** The list of the words that may follow a group. */
    static String of(Group group, String path) {
        return of(Page.of(group, path))
                + "\n'osctl help COMMAND…' explains one. A word may be cut short as long as it is" + " clear.\n";
    }

    private static String of(Page page) {
        StringBuilder out = new StringBuilder();
        out.append(page.path()).append(" - ").append(page.summary()).append("\n\n");
        out.append("  ").append(page.synopsis()).append('\n');
        if (!page.aliases().isEmpty()) {
            out.append("  Also: ").append(String.join(", ", page.aliases())).append('\n');
        }
        page.details().forEach(paragraph -> wrap(out.append('\n'), paragraph, 0));
        entries(out, "Commands", page.commands());
        entries(out, "Arguments", page.arguments());
        entries(out, "Options", page.options());
        entries(out, "Options of every command", page.globals());
        if (!page.examples().isEmpty()) {
            out.append("\nExamples\n");
            for (Page.Example example : page.examples()) {
                out.append("  ").append(example.line()).append('\n');
                wrap(out, example.remark(), 6);
            }
        }
        return out.toString();
    }

    private static void entries(StringBuilder out, String title, List<Page.Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        out.append('\n').append(title).append('\n');
        int widest = entries.stream().mapToInt(e -> e.term().length()).max().orElse(0);
        int column = Math.min(widest, WIDEST_TERM) + 4;
        for (Page.Entry entry : entries) {
            out.append("  ").append(entry.term());
            int used = entry.term().length() + 2;
            if (used + 2 > column) {
                out.append('\n');
                used = 0;
            }
            StringBuilder text = new StringBuilder();
            wrap(text, entry.text(), column);
            out.append(" ".repeat(column - used)).append(text.isEmpty() ? "\n" : text.substring(column));
        }
    }

    /** Appends {@code text} in lines that are indented by {@code indent}. */
    private static void wrap(StringBuilder out, String text, int indent) {
        if (text.isEmpty()) {
            return;
        }
        int used = 0;
        for (String word : text.split(" ")) {
            if (used > 0 && used + 1 + word.length() > WIDTH) {
                out.append('\n');
                used = 0;
            }
            if (used == 0) {
                out.append(" ".repeat(indent)).append(word);
                used = indent + word.length();
            } else {
                out.append(' ').append(word);
                used += 1 + word.length();
            }
        }
        out.append('\n');
    }
}
