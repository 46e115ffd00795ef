package berth.osctld.command;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Parses the example lines of help pages the way a shell and osctl would, without running them. */
final class Examples {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private Examples() {}

    /** Throws what osctl would say to {@code line} if it is not one of its command lines. */
    static void parse(Group root, String line) {
        String command = line.split(" [|<>] ")[0];
        List<String> words = WORD.matcher(command).results().map(Examples::word).toList();
        Route route = Route.follow(root, words.subList(1, words.size()), new GlobalOptions());
        if (route.node() instanceof Leaf leaf) {
            CommandSpecs.parser(leaf.create(), new GlobalOptions())
                    .parseArgs(route.rest().toArray(String[]::new));
        } else {
            throw new IllegalArgumentException(line + " is no command");
        }
    }

    private static String word(MatchResult match) {
        return match.group().replaceAll("^['\"]|['\"]$", "");
    }
}
