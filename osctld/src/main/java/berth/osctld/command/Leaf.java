package berth.osctld.command;

import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** A command. Its words are in the {@link Command} annotation of its class, or it is {@link Worded}. */
final class Leaf implements Node {
    private final Supplier<? extends OsctlCommand> maker;
    private final String name;
    private final List<String> aliases;
    private final String description;
    private final boolean hidden;

    Leaf(Class<? extends OsctlCommand> type) {
        Command words = type.getAnnotation(Command.class);
        if (words == null) {
            throw new IllegalArgumentException(type + " has no words");
        }
        this.maker = () -> make(type);
        this.name = words.name();
        this.aliases = List.of(words.aliases());
        this.description = words.description().length == 0 ? "" : words.description()[0];
        this.hidden = words.hidden();
    }

    private Leaf(Worded.Words words, Supplier<? extends OsctlCommand> maker) {
        this.maker = maker;
        this.name = words.name();
        this.aliases = List.of();
        this.description = words.description().getFirst();
        this.hidden = false;
    }

    /** The command that {@code maker} makes anew for each call. */
    static <T extends OsctlCommand & Worded> Leaf of(Supplier<T> maker) {
        return new Leaf(maker.get().words(), maker);
    }

    /** A new instance for one call. */
    OsctlCommand create() {
        return maker.get();
    }

    private static OsctlCommand make(Class<? extends OsctlCommand> type) {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("command " + type + " cannot be made", e);
        }
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
        return hidden;
    }
}
