package berth.osctld.command;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Makes picocli's model of one command: what its class declares, and the global options where they are free. */
final class CommandSpecs {
    private CommandSpecs() {}

    /** A parser that fills in {@code command} and {@code options}. */
    static CommandLine parser(OsctlCommand command, GlobalOptions options) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(command);
        if (command instanceof Worded worded) {
            Worded.Words words = worded.words();
            spec.usageMessage()
                    .description(words.description().toArray(String[]::new))
                    .footer(words.examples().toArray(String[]::new));
        }
        for (GlobalOptions.Option option : GlobalOptions.Option.values()) {
            String[] free = option.names().stream()
                    .filter(name -> !spec.optionsMap().containsKey(name))
                    .toArray(String[]::new);
            if (free.length > 0 && option != GlobalOptions.Option.VERSION) {
                spec.addOption(global(option, free, options));
            }
        }
        return new CommandLine(spec)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setAllowOptionsAsOptionParameters(true)
                .setStopAtPositional(command instanceof TakesCommandLine);
    }

    /** Whether {@code option} was added by {@link #parser}. */
    static boolean isGlobal(OptionSpec option) {
        return Arrays.stream(option.names())
                .anyMatch(name -> GlobalOptions.Option.of(name)
                        .filter(o -> option.description().length == 1
                                && o.description().equals(option.description()[0]))
                        .isPresent());
    }

    private static OptionSpec global(GlobalOptions.Option option, String[] names, GlobalOptions options) {
        boolean flag = option.parameter().isEmpty();
        return OptionSpec.builder(names)
                .type(flag ? boolean.class : String.class)
                .arity(flag ? "0" : "1")
                .paramLabel(option.parameter())
                .description(option.description())
                .usageHelp(option == GlobalOptions.Option.HELP)
                .setter(new GlobalSetter(option, options))
                .build();
    }

    private record GlobalSetter(GlobalOptions.Option option, GlobalOptions options)
            implements CommandLine.Model.ISetter {
        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <T> T set(T value) {
            if (value instanceof String text) {
                options.set(option, text);
            } else if (Boolean.TRUE.equals(value)) {
                options.set(option, "");
            }
            return value;
        }
    }
}
