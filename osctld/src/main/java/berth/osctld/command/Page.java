package berth.osctld.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What there is to say about a command or a group: the source of its help, its man page and its place in the reference.
 *
 * @param path its full words, for instance {@code osctl ct ls}
 * @param aliases other words for the last of them
 * @param summary one line
 * @param details paragraphs
 * @param synopsis how it is written
 * @param arguments its arguments
 * @param options its own options
 * @param globals the options that it has as every command has them
 * @param commands the words that may follow, for a group
 * @param examples at least one for a command
 */
record Page(
        String path,
        List<String> aliases,
        String summary,
        List<String> details,
        String synopsis,
        List<Entry> arguments,
        List<Entry> options,
        List<Entry> globals,
        List<Entry> commands,
        List<Example> examples) {

    /** Taken by the relay, so that the daemon never sees it. */
    private static final Entry INSTANCE = new Entry(
            "--instance NAME", "talk to this instance of osctld, OSCTL_INSTANCE by default; before the command only");

    /** A word and what it means. */
    record Entry(String term, String text) {}

    /** A command line and a remark on it, which may be empty. */
    record Example(String line, String remark) {}

    /** The page of a command. */
    static Page of(Leaf leaf, String path) {
        CommandSpec spec =
                CommandSpecs.parser(leaf.create(), new GlobalOptions()).getCommandSpec();
        String[] description = spec.usageMessage().description();
        return new Page(
                path,
                leaf.aliases(),
                leaf.description(),
                Arrays.asList(description).subList(Math.min(1, description.length), description.length),
                synopsis(path, spec),
                spec.positionalParameters().stream()
                        .filter(p -> !p.hidden())
                        .map(p -> new Entry(p.paramLabel(), text(p)))
                        .toList(),
                options(spec, false),
                options(spec, true),
                List.of(),
                examples(spec.usageMessage().footer()));
    }

    /** The page of a group. */
    static Page of(Group group, String path) {
        List<Entry> globals = new ArrayList<>(Arrays.stream(GlobalOptions.Option.values())
                .map(o -> new Entry(term(o.names(), o.parameter()), o.description()))
                .toList());
        globals.add(INSTANCE);
        List<Entry> commands = group.children().stream()
                .filter(c -> !c.isHidden())
                .map(c -> new Entry(words(c), c.description()))
                .toList();
        return new Page(
                path,
                group.aliases(),
                group.description(),
                List.of(),
                path + " [OPTIONS] COMMAND …",
                List.of(),
                List.of(),
                globals,
                commands,
                List.of());
    }

    private static String words(Node node) {
        List<String> words = new ArrayList<>(List.of(node.name()));
        words.addAll(node.aliases());
        return String.join("|", words);
    }

    private static List<Entry> options(CommandSpec spec, boolean global) {
        return spec.options().stream()
                .filter(o -> !o.hidden() && CommandSpecs.isGlobal(o) == global)
                .map(o -> new Entry(term(List.of(o.names()), parameter(o)), text(o)))
                .toList();
    }

    private static String parameter(OptionSpec option) {
        return option.arity().max() == 0 ? "" : option.paramLabel();
    }

    private static String term(List<String> names, String parameter) {
        String names1 = String.join(", ", names);
        return parameter.isEmpty() ? names1 : names1 + " " + parameter;
    }

    private static String text(ArgSpec arg) {
        return String.join(" ", arg.description());
    }

    /** How the command at {@code path} is written. */
    static String synopsis(String path, CommandSpec spec) {
        StringBuilder text = new StringBuilder(path).append(" [OPTIONS]");
        spec.options().stream()
                .filter(o -> o.required() && o.group() == null)
                .forEach(o -> text.append(' ').append(written(o)));
        spec.argGroups().stream()
                .filter(g -> g.multiplicity().min() > 0)
                .forEach(g -> text.append(" {").append(choice(g)).append('}'));
        for (PositionalParamSpec arg : spec.positionalParameters()) {
            if (!arg.hidden() && arg.group() == null) {
                String label = arg.paramLabel() + (arg.arity().max() > 1 ? "…" : "");
                text.append(' ').append(arg.required() ? label : "[" + label + "]");
            }
        }
        return text.toString();
    }

    private static String choice(ArgGroupSpec group) {
        return group.args().stream()
                .map(a -> a instanceof OptionSpec option ? written(option) : a.paramLabel() + "…")
                .collect(Collectors.joining(" | "));
    }

    private static String written(OptionSpec option) {
        return option.longestName() + (parameter(option).isEmpty() ? "" : " " + parameter(option));
    }

    private static List<Example> examples(String[] footer) {
        List<Example> examples = new ArrayList<>();
        for (String line : footer) {
            if (line.startsWith("osctl ") || examples.isEmpty()) {
                examples.add(new Example(line, ""));
            } else {
                Example last = examples.removeLast();
                examples.add(new Example(last.line(), (last.remark() + " " + line).strip()));
            }
        }
        return examples;
    }
}
