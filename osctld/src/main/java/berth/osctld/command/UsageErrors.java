package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns picocli's errors into one line that names the word that is wrong. */
final class UsageErrors {
    private UsageErrors() {}

    /** What {@code error} in the words of the command {@code path} means to its user. */
    static BerthException of(ParameterException error, String path) {
        if (error.getCause() instanceof BerthException own) {
            return own;
        }
        String hint = "'%s --help' explains it".formatted(path);
        return new BerthException(ErrorCode.USAGE, message(error, path), hint);
    }

    private static String message(ParameterException error, String path) {
        return switch (error) {
            case UnmatchedArgumentException e -> unmatched(e, path);
            case MissingParameterException e -> "missing %s for '%s'".formatted(names(e.getMissing()), path);
            default -> lowerFirst(firstLine(error));
        };
    }

    private static String unmatched(UnmatchedArgumentException error, String path) {
        String word = error.getUnmatched().isEmpty() ? "" : error.getUnmatched().getFirst();
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

    private static String names(List<ArgSpec> missing) {
        if (missing.isEmpty()) {
            return "an argument";
        }
        return String.join(
                " and ",
                missing.stream()
                        .map(arg -> arg instanceof OptionSpec option
                                ? "option '%s'".formatted(option.longestName())
                                : "argument " + arg.paramLabel())
                        .toList());
    }

    private static String firstLine(ParameterException error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("the command line is wrong");
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
