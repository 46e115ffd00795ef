package berth.osctld.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The completion of the command line for bash: words and options from the tree, ids by asking the daemon. Source: bash(1),
 * Programmable Completion.
 */
final class Completion {
    /** Which command lists the ids that an argument of that name takes. */
    private static final Map<String, String> IDS = Map.of(
            "ID", "ct ls -H -o id",
            "USER", "user ls -H -o name",
            "GROUP", "group ls -H -o name",
            "POOL", "pool ls -H -o name",
            "RANGE", "id-range ls -H -o name",
            "IMAGE", "image ls -H -o name",
            "REPOSITORY", "repository ls -H -o name",
            "TRASHED", "trash ls -H -o key",
            "DATASET", "ct dataset ls -H -o name");

    private static final String SCRIPT = """
            # bash completion for osctl; made by 'osctl gen-completion bash'
            declare -A _osctl_words _osctl_options _osctl_ids _osctl_names
            @TABLES@
            _osctl() {
                local current=${COMP_WORDS[COMP_CWORD]} path=osctl i word full
                if [[ ${COMP_WORDS[0]##*/} != osctl ]]; then
                    path="osctl ${COMP_WORDS[0]##*/}"
                fi
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    full=${_osctl_names["$path $word"]}
                    if [[ -n $full ]]; then
                        path=$full
                    fi
                done
                if [[ $current == -* ]]; then
                    COMPREPLY=($(compgen -W "${_osctl_options[$path]}" -- "$current"))
                elif [[ -n ${_osctl_words[$path]} ]]; then
                    COMPREPLY=($(compgen -W "${_osctl_words[$path]}" -- "$current"))
                elif [[ -n ${_osctl_ids[$path]} ]]; then
                    COMPREPLY=($(compgen -W "$(osctl ${_osctl_ids[$path]} 2>/dev/null)" -- "$current"))
                else
                    COMPREPLY=($(compgen -f -- "$current"))
                fi
            }
            complete -F _osctl osctl @SHORTCUTS@
            """;

    private Completion() {}

    /** The script for bash. */
    static String bash(Group root) {
        List<String> lines = new ArrayList<>();
        add(root, root.name(), lines);
        String shortcuts = root.children().stream()
                .map(Node::name)
                .filter(CommandTree.SHORTCUTS::contains)
                .collect(Collectors.joining(" "));
        return SCRIPT.replace("@TABLES@", String.join("\n", lines)).replace("@SHORTCUTS@", shortcuts);
    }

    private static void add(Node node, String path, List<String> lines) {
        switch (node) {
            case Group group -> {
                List<Node> children =
                        group.children().stream().filter(c -> !c.isHidden()).toList();
                lines.add(entry("words", path, children.stream().map(Node::name)));
                lines.add(entry("options", path, globals()));
                for (Node child : children) {
                    String below = path + " " + child.name();
                    Stream.concat(Stream.of(child.name()), child.aliases().stream())
                            .forEach(word -> lines.add(entry("names", path + " " + word, Stream.of(below))));
                    add(child, below, lines);
                }
            }
            case Leaf leaf -> {
                var spec =
                        CommandSpecs.parser(leaf.create(), new GlobalOptions()).getCommandSpec();
                lines.add(entry("options", path, spec.optionsMap().keySet().stream()));
                spec.positionalParameters().stream()
                        .map(p -> IDS.get(p.paramLabel()))
                        .filter(ids -> ids != null)
                        .findFirst()
                        .ifPresent(ids -> lines.add(entry("ids", path, Stream.of(ids))));
            }
        }
    }

    private static Stream<String> globals() {
        return Stream.of(GlobalOptions.Option.values()).flatMap(o -> o.names().stream());
    }

    private static String entry(String table, String path, Stream<String> words) {
        return "_osctl_%s[\"%s\"]=\"%s\"".formatted(table, path, words.collect(Collectors.joining(" ")));
    }
}
