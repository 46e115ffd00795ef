package berth.osctld.command;

import berth.engine.ErrorCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The reference in Markdown, made of the command tree: one file for each group of the first level. */
final class Reference {
    /** What is said where, in paragraphs. */
    static final List<String> OUTPUT = List.of(
            "Results go to standard output, warnings and errors to standard error. An error is one line that says what is wrong,"
                    + " and often a second one, a hint, that says what to do.",
            "With --json, results are one JSON document: ls gives an array of objects with all fields, show an object; numbers,"
                    + " truth values and lists are such, and what is missing is null. Commands that do something say {\"done\":…},"
                    + " one line for each object. Errors are lines {\"error\":{\"code\":…,\"type\":…,\"message\":…,\"hint\":…}} on"
                    + " standard error, warnings {\"warning\":…}.",
            "With --parsable, fields stand in lines with a tab between them, numbers exact, sizes in bytes, times in UTC, and -"
                    + " for what is missing. -H leaves the names of the fields out.",
            "-o chooses fields: 'a,b' these, '+a,b' the usual ones and these, '-a,b' the usual ones without these, 'all' every"
                    + " one, '' the usual ones. -s a,-b sorts by a, and by b downwards where a is equal. -L lists the fields.");

    private Reference() {}

    /** Text of each file by its name, for instance {@code ct.md}. */
    static Map<String, String> of(Group root) {
        Map<String, String> files = new LinkedHashMap<>();
        StringBuilder index = new StringBuilder("# osctl\n\n");
        index.append("A word may be cut short as long as it is clear. An id may be written `pool:id`.\n\n");
        index.append("## Options of every command\n\n");
        entries(index, Page.of(root, root.name()).globals());
        index.append("\n## Output\n\n");
        OUTPUT.forEach(p -> index.append(p).append("\n\n"));
        index.append("## Exit status\n\n");
        entries(index, exitStatuses());
        index.append("\n## Commands\n\n");
        StringBuilder top = new StringBuilder();
        for (Node node : root.children()) {
            String path = root.name() + " " + node.name();
            switch (node) {
                case Group group -> {
                    index.append("- [")
                            .append(path)
                            .append("](")
                            .append(node.name())
                            .append(".md): ");
                    index.append(node.description()).append('\n');
                    files.put(node.name() + ".md", file(group, path));
                }
                case Leaf leaf when !leaf.isHidden() -> command(top, Page.of(leaf, path));
                case Leaf _ -> {}
            }
        }
        files.put("osctl.md", index.append('\n').append(top).toString());
        return files;
    }

    /** The exit statuses and the errors they stand for. */
    static List<Page.Entry> exitStatuses() {
        return Arrays.stream(ErrorCode.values())
                .map(c -> new Page.Entry(
                        Integer.toString(c.exitStatus()),
                        c.name() + " (" + c.type().name().toLowerCase(Locale.ROOT) + ")"))
                .toList();
    }

    private static String file(Group group, String path) {
        StringBuilder out = new StringBuilder("# ").append(path).append("\n\n");
        out.append(group.description()).append(".\n\n");
        ManPages.collect(group, path).forEach(page -> command(out, page));
        return out.toString();
    }

    private static void command(StringBuilder out, Page page) {
        out.append("## ")
                .append(page.path())
                .append("\n\n")
                .append(page.summary())
                .append(".\n\n");
        out.append("```\n").append(page.synopsis()).append("\n```\n");
        if (!page.aliases().isEmpty()) {
            out.append("\nAlso: `").append(String.join("`, `", page.aliases())).append("`\n");
        }
        page.details().forEach(d -> out.append('\n').append(d).append('\n'));
        if (!page.arguments().isEmpty() || !page.options().isEmpty()) {
            out.append('\n');
            entries(out, page.arguments());
            entries(out, page.options());
        }
        for (Page.Example example : page.examples()) {
            out.append("\n```\n").append(example.line()).append("\n```\n");
            if (!example.remark().isEmpty()) {
                out.append(example.remark()).append('\n');
            }
        }
        out.append('\n');
    }

    private static void entries(StringBuilder out, List<Page.Entry> entries) {
        for (Page.Entry entry : entries) {
            out.append("- `")
                    .append(entry.term())
                    .append("`: ")
                    .append(entry.text())
                    .append('\n');
        }
    }
}
