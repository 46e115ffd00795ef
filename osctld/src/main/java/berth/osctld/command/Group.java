package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A word that other words follow. Classes of commands are loaded when one of them is first looked for. */
final class Group implements Node {
    private final String name;
    private final List<String> aliases;
    private final String description;
    private final List<Group> groups = new ArrayList<>();
    private final List<Class<? extends OsctlCommand>> types = new ArrayList<>();
    private final List<Supplier<List<Leaf>>> leaves = new ArrayList<>();
    private volatile List<Node> children = List.of();

    /** A group of no commands yet. */
    Group(String name, String description, String... aliases) {
        this.name = name;
        this.aliases = List.of(aliases);
        this.description = description;
    }

    /** Adds commands; done before the first use. */
    Group commands(List<Class<? extends OsctlCommand>> commands) {
        types.addAll(commands);
        return this;
    }

    /** Adds the commands that {@code made} makes when one of them is first looked for; done before the first use. */
    Group leaves(Supplier<List<Leaf>> made) {
        leaves.add(made);
        return this;
    }

    /** Adds groups; done before the first use. */
    Group groups(List<Group> subgroups) {
        groups.addAll(subgroups);
        return this;
    }

    /** The words that may follow, commands before groups. */
    List<Node> children() {
        List<Node> known = children;
        if (known.isEmpty()) {
            known = Stream.of(
                            types.stream().map(Leaf::new),
                            leaves.stream().flatMap(made -> made.get().stream()),
                            groups.stream())
                    .<Node>flatMap(nodes -> nodes)
                    .toList();
            children = known;
        }
        return known;
    }

    /**
     * The child that {@code word} means: its name, an alias, or the beginning of only one child's words.
     *
     * @param path the words before, for errors
     * @throws BerthException USAGE if there is none, or if it is the beginning of several
     */
    Node find(String word, String path) {
        Map<String, Node> words = new LinkedHashMap<>();
        for (Node child : children()) {
            words.put(child.name(), child);
            child.aliases().forEach(alias -> words.put(alias, child));
        }
        Node exact = words.get(word);
        if (exact != null) {
            return exact;
        }
        List<Node> matches = word.isEmpty()
                ? List.of()
                : words.entrySet().stream()
                        .filter(e ->
                                e.getKey().startsWith(word) && !e.getValue().isHidden())
                        .map(Map.Entry::getValue)
                        .distinct()
                        .toList();
        return switch (matches.size()) {
            case 1 -> matches.getFirst();
            case 0 -> throw unknown(word, path, List.copyOf(words.keySet()));
            default ->
                throw new BerthException(
                        ErrorCode.USAGE,
                        "'%s %s' may mean: %s"
                                .formatted(
                                        path,
                                        word,
                                        matches.stream().map(Node::name).collect(Collectors.joining(", "))));
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> aliases() {
        return aliases;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public boolean isHidden() {
        return false;
    }

    private static BerthException unknown(String word, String path, List<String> words) {
        String guess = Spelling.nearest(word, words)
                .map(w -> ", did you mean '%s'?".formatted(w))
                .orElse("");
        return new BerthException(
                ErrorCode.USAGE,
                "unknown command '%s' in '%s'%s".formatted(word, path, guess),
                "'%s --help' lists the commands".formatted(path));
    }
}
