package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns picocli's errors into one line that names the word that is wrong. */
final class UsageErrors {
    private UsageErrors() {}

    /** What {@code error} in the words after {@code path} means to its user. */
    static BerthException of(ParameterException error, String path, List<String> words) {
        if (error.getCause() instanceof BerthException own) {
            return own;
        }
        return new BerthException(ErrorCode.USAGE, message(error, path, words), hint(error, path));
    }

    /** Where something is missing or too much, how it is written. */
    private static String hint(ParameterException error, String path) {
        String help = "'%s --help' explains it".formatted(path);
        boolean form = error instanceof MissingParameterException
                || (error instanceof UnmatchedArgumentException e && !word(e).startsWith("-"));
        return form
                ? "write '%s'; %s"
                        .formatted(Page.synopsis(path, error.getCommandLine().getCommandSpec()), help)
                : help;
    }

    /** That the words end at {@code group}, where a command was still to come. */
    static BerthException incomplete(Group group, String path) {
        String words = group.children().stream()
                .filter(c -> !c.isHidden())
                .map(Node::name)
                .collect(Collectors.joining(", "));
        return new BerthException(
                ErrorCode.USAGE,
                "'%s' needs a command: %s".formatted(path, words),
                "'%s --help' explains them".formatted(path));
    }

    private static String message(ParameterException error, String path, List<String> words) {
        ArgSpec arg = error.getArgSpec();
        return switch (error) {
            case UnmatchedArgumentException e -> unmatched(e, path);
            case MissingParameterException e -> {
                String line = words.isEmpty() ? path : path + " " + String.join(" ", words);
                yield "missing %s for '%s'".formatted(names(e.getMissing()), line);
            }
            default ->
                arg != null && error.getValue() != null && isNumber(arg.type())
                        ? "'%s' is not a number for %s".formatted(error.getValue(), name(arg))
                        : lowerFirst(firstLine(error));
        };
    }

    private static boolean isNumber(Class<?> type) {
        return type == int.class || type == long.class || Number.class.isAssignableFrom(type);
    }

    private static String unmatched(UnmatchedArgumentException error, String path) {
        String word = word(error);
        if (!word.startsWith("-")) {
            return "'%s' is one argument too many for '%s'".formatted(word, path);
        }
        List<String> known =
                List.copyOf(error.getCommandLine().getCommandSpec().optionsMap().keySet());
        String guess = Spelling.nearest(word, known)
                .map(w -> ", did you mean '%s'?".formatted(w))
                .orElse("");
        return "unknown option '%s' of '%s'%s".formatted(word, path, guess);
    }

    private static String word(UnmatchedArgumentException error) {
        return error.getUnmatched().isEmpty() ? "" : error.getUnmatched().getFirst();
    }

    private static String names(List<ArgSpec> missing) {
        if (missing.isEmpty()) {
            return "an argument";
        }
        boolean choice = missing.size() > 1 && missing.stream().allMatch(a -> a.group() != null);
        return missing.stream().map(UsageErrors::name).collect(Collectors.joining(choice ? " or " : " and "));
    }

    private static String name(ArgSpec arg) {
        return arg instanceof OptionSpec option
                ? "option '%s'".formatted(option.longestName())
                : "argument " + arg.paramLabel();
    }

    private static String firstLine(ParameterException error) {
        return String.valueOf(error.getMessage())
                .lines()
                .findFirst()
                .orElse("the command line is wrong")
                .replaceFirst("^Error: ", "");
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
