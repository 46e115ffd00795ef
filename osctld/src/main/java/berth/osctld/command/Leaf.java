package berth.osctld.command;

import java.util.List;
import picocli.CommandLine.Command;

/** A command. Its words are in the {@link Command} annotation of its class. */
final class Leaf implements Node {
    private final Class<? extends OsctlCommand> type;
    private final Command words;

    Leaf(Class<? extends OsctlCommand> type) {
        this.type = type;
        Command annotation = type.getAnnotation(Command.class);
        if (annotation == null) {
            throw new IllegalArgumentException(type + " has no words");
        }
        this.words = annotation;
    }

    /** A new instance for one call. */
    OsctlCommand create() {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("command " + type + " cannot be made", e);
        }
    }

    @Override
    public String name() {
        return words.name();
    }

    @Override
    public List<String> aliases() {
        return List.of(words.aliases());
    }

    @Override
    public String description() {
        return words.description().length == 0 ? "" : words.description()[0];
    }

    @Override
    public boolean isHidden() {
        return words.hidden();
    }
}
