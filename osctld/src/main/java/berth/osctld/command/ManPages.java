package berth.osctld.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The manual, made of the command tree: one page in section 1 for the whole, and one for each group of its first level.
 * Source of the format: man(7), groff.
 */
final class ManPages {
    private ManPages() {}

    /** Text of each page by its file name, for instance {@code osctl-ct.1}. */
    static Map<String, String> of(Group root, String version) {
        Map<String, String> pages = new LinkedHashMap<>();
        List<Page> top = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Node node : visible(root)) {
            String path = root.name() + " " + node.name();
            switch (node) {
                case Leaf leaf -> top.add(Page.of(leaf, path));
                case Group group -> {
                    String name = path.replace(' ', '-');
                    others.add(name);
                    pages.put(
                            name + ".1",
                            page(name, Page.of(group, path), collect(group, path), List.of(root.name()), version));
                }
            }
        }
        pages.put(root.name() + ".1", page(root.name(), Page.of(root, root.name()), top, others, version));
        return pages;
    }

    /** The pages of all commands below {@code group}. */
    static List<Page> collect(Group group, String path) {
        List<Page> pages = new ArrayList<>();
        for (Node node : visible(group)) {
            String below = path + " " + node.name();
            switch (node) {
                case Leaf leaf -> pages.add(Page.of(leaf, below));
                case Group inner -> pages.addAll(collect(inner, below));
            }
        }
        return pages;
    }

    private static List<Node> visible(Group group) {
        return group.children().stream().filter(n -> !n.isHidden()).toList();
    }

    private static String page(String name, Page head, List<Page> commands, List<String> others, String version) {
        StringBuilder out = new StringBuilder();
        out.append(".TH ")
                .append(name.toUpperCase(Locale.ROOT))
                .append(" 1 \"\" \"Berth ")
                .append(version)
                .append("\"\n");
        out.append(".SH NAME\n")
                .append(escape(name))
                .append(" \\- ")
                .append(escape(head.summary()))
                .append('\n');
        out.append(".SH SYNOPSIS\n.B ").append(escape(head.synopsis())).append('\n');
        out.append(".SH DESCRIPTION\n");
        out.append("A word may be cut short as long as it is clear. An id may be written \\fIpool\\fR:\\fIid\\fR.\n");
        out.append(".SH COMMANDS\n");
        commands.forEach(c -> command(out, c));
        out.append(".SH \"OPTIONS OF EVERY COMMAND\"\n");
        entries(out, head.globals());
        if (name.equals("osctl")) {
            out.append(".SH OUTPUT\n");
            Reference.OUTPUT.forEach(p -> out.append(line(p)).append("\n.PP\n"));
        }
        out.append(
                ".SH \"EXIT STATUS\"\n0 on success; the number of the kind of error otherwise, as \\fBosctl\\fR(1) lists them;"
                        + " 128 and the number of the signal if a signal ended the command.\n");
        if (name.equals("osctl")) {
            exitStatuses(out);
        }
        out.append(".SH \"SEE ALSO\"\n");
        out.append(String.join(
                        ", ",
                        others.stream().map(o -> "\\fB" + escape(o) + "\\fR(1)").toList()))
                .append('\n');
        return out.toString();
    }

    private static void exitStatuses(StringBuilder out) {
        for (Page.Entry entry : Reference.exitStatuses()) {
            out.append(".TP\n.B ")
                    .append(entry.term())
                    .append('\n')
                    .append(line(entry.text()))
                    .append('\n');
        }
    }

    private static void command(StringBuilder out, Page page) {
        out.append(".SS \"").append(escape(page.path())).append("\"\n");
        out.append(line(page.summary()))
                .append(".\n.PP\n.B ")
                .append(escape(page.synopsis()))
                .append('\n');
        if (!page.aliases().isEmpty()) {
            out.append(".PP\nAlso: ")
                    .append(escape(String.join(", ", page.aliases())))
                    .append('\n');
        }
        page.details().forEach(d -> out.append(".PP\n").append(line(d)).append('\n'));
        entries(out, page.arguments());
        entries(out, page.options());
        for (Page.Example example : page.examples()) {
            out.append(".PP\nExample:\n.RS\n.EX\n").append(line(example.line())).append("\n.EE\n");
            if (!example.remark().isEmpty()) {
                out.append(line(example.remark())).append('\n');
            }
            out.append(".RE\n");
        }
    }

    private static void entries(StringBuilder out, List<Page.Entry> entries) {
        for (Page.Entry entry : entries) {
            out.append(".TP\n.B ")
                    .append(escape(entry.term()))
                    .append('\n')
                    .append(line(entry.text()))
                    .append('\n');
        }
    }

    /** A line of text: one that begins with a dot or quote would be taken as a request. */
    private static String line(String text) {
        String escaped = escape(text);
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private static String escape(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
    }
}
