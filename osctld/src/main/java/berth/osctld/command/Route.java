package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * Where a command line leads.
 *
 * @param node the command, or the group where the words ended
 * @param path its full words, for instance {@code osctl ct ls}
 * @param rest the words after it
 */
record Route(Node node, String path, List<String> rest) {

    /**
     * Follows {@code words} from {@code root}. Options on the way are global ones, set in {@code options}.
     *
     * @throws BerthException USAGE if a word is not known there
     */
    static Route follow(Group root, List<String> words, GlobalOptions options) {
        Node node = root;
        String path = root.name();
        int i = 0;
        while (i < words.size() && node instanceof Group group) {
            String word = words.get(i++);
            if (word.startsWith("-") && word.length() > 1) {
                i = setOption(words, i, options, path);
            } else {
                node = group.find(word, path);
                path = path + " " + node.name();
            }
        }
        return new Route(node, path, words.subList(i, words.size()));
    }

    /** Sets the option before {@code next}. @return the index of the word after it and its parameter */
    private static int setOption(List<String> words, int next, GlobalOptions options, String path) {
        String word = words.get(next - 1);
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Optional<GlobalOptions.Option> option = GlobalOptions.Option.of(name);
        if (option.isEmpty() && name.matches("-[a-z]{2,}")) {
            name.chars().skip(1).forEach(c -> options.set(known("-" + (char) c, path), ""));
            return next;
        }
        GlobalOptions.Option known = known(name, path);
        if (known.parameter().isEmpty()) {
            if (equals >= 0) {
                throw new BerthException(ErrorCode.USAGE, "option '%s' takes no value".formatted(name));
            }
            options.set(known, "");
            return next;
        }
        if (equals >= 0) {
            options.set(known, word.substring(equals + 1));
            return next;
        }
        options.set(known, next < words.size() ? words.get(next) : "");
        return next + 1;
    }

    private static GlobalOptions.Option known(String name, String path) {
        return GlobalOptions.Option.of(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.USAGE,
                        "unknown option '%s' of '%s'".formatted(name, path),
                        "'%s --help' lists the options".formatted(path)));
    }
}
