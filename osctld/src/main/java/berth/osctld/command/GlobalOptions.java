package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.osctld.output.Format;
import berth.osctld.output.Palette;
import berth.osctld.output.Style;
import berth.osctld.server.Invocation;
import berth.osctld.server.StandardStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options that every command has. They are taken anywhere on the command line, except that a command's own option of
 * the same name goes before.
 */
final class GlobalOptions {
    /** One of them. */
    enum Option {
        JSON("-j", "--json", "", "write results as JSON"),
        PARSABLE("-p", "--parsable", "", "write results for scripts: tab-separated, exact numbers"),
        QUIET("-q", "--quiet", "", "say nothing but results, warnings and errors"),
        COLOR("", "--color", "", "use colours even if the output is no terminal"),
        NO_COLOR("", "--no-color", "", "use no colours"),
        POOL("", "--pool", "POOL", "look in this pool only; make new objects in it"),
        NO_WAIT("", "--no-wait", "", "fail at once if another command holds the object"),
        HELP("-h", "--help", "", "explain the command"),
        VERSION("", "--version", "", "print the version of the daemon");

        private final String letter;
        private final String name;
        private final String parameter;
        private final String description;

        Option(String letter, String name, String parameter, String description) {
            this.letter = letter;
            this.name = name;
            this.parameter = parameter;
            this.description = description;
        }

        /** How it is written. */
        List<String> names() {
            return letter.isEmpty() ? List.of(name) : List.of(letter, name);
        }

        /** The name of its parameter; empty if it has none. */
        String parameter() {
            return parameter;
        }

        /** What it does. */
        String description() {
            return description;
        }

        /** The option that {@code word} is, without a parameter. */
        static Optional<Option> of(String word) {
            for (Option option : values()) {
                if (option.names().contains(word)) {
                    return Optional.of(option);
                }
            }
            return Optional.empty();
        }
    }

    private enum Colours {
        ALWAYS,
        NEVER,
        AUTO
    }

    private Format format = Format.HUMAN;
    private Style.Volume volume = Style.Volume.NORMAL;
    private Colours colours = Colours.AUTO;
    private @Nullable String pool;
    private boolean noWait;
    private boolean help;
    private boolean version;

    /** Sets {@code option} to {@code value}, its parameter; empty if it has none. */
    void set(Option option, String value) {
        switch (option) {
            case JSON -> format = Format.JSON;
            case PARSABLE -> format = Format.PARSABLE;
            case QUIET -> volume = Style.Volume.QUIET;
            case COLOR -> colours = Colours.ALWAYS;
            case NO_COLOR -> colours = Colours.NEVER;
            case POOL -> pool = required(value);
            case NO_WAIT -> noWait = true;
            case HELP -> help = true;
            case VERSION -> version = true;
        }
    }

    /** How to talk to the caller of {@code invocation}. */
    Style style(Invocation invocation) {
        return new Style(
                format, volume, palette(invocation, StandardStream.STDOUT), palette(invocation, StandardStream.STDERR));
    }

    /** The pool to use. */
    Optional<String> pool() {
        return Optional.ofNullable(pool);
    }

    /** Whether a command fails at once where it would have to wait for another. */
    boolean noWait() {
        return noWait;
    }

    /** Whether help is asked for instead of the command. */
    boolean help() {
        return help;
    }

    /** Whether the version is asked for instead of a command. */
    boolean version() {
        return version;
    }

    private static String required(String value) {
        if (value.isEmpty()) {
            throw new BerthException(ErrorCode.USAGE, "option '--pool' needs the name of a pool");
        }
        return value;
    }

    private Palette palette(Invocation invocation, StandardStream stream) {
        return switch (colours) {
            case ALWAYS -> Palette.ANSI;
            case NEVER -> Palette.PLAIN;
            case AUTO -> {
                boolean dumb = invocation.environment().getOrDefault("TERM", "").equals("dumb");
                boolean refused =
                        !invocation.environment().getOrDefault("NO_COLOR", "").isEmpty();
                yield invocation.isTerminal(stream) && !dumb && !refused ? Palette.ANSI : Palette.PLAIN;
            }
        };
    }
}
