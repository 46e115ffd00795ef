package berth.linux.process;

import berth.linux.Fd;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program to run: argument list, environment, descriptors. Immutable; a {@code with} method gives a changed copy.
 *
 * <p>Arguments are bytes, so that any that a user typed reach the program unchanged. The program is the first argument,
 * searched in the daemon's own PATH if it has no slash. The environment is exactly what is given, empty by default.
 */
public final class Command {
    private final List<byte[]> arguments;
    private final Map<String, String> environment;
    private final Fd stdin;
    private final Fd stdout;
    private final Fd stderr;
    private final Optional<Path> directory;
    private final Grouping grouping;

    /** What the process becomes a member of. */
    public enum Grouping {
        /** The daemon's own session and process group. */
        INHERITED,
        /** A process group of its own, which a signal can reach as a whole. */
        OWN_GROUP,
        /** A session of its own; a terminal on its stdin that no session has becomes its controlling one. */
        OWN_SESSION
    }

    private Command(
            List<byte[]> arguments,
            Map<String, String> environment,
            Fd stdin,
            Fd stdout,
            Fd stderr,
            Optional<Path> directory,
            Grouping grouping) {
        this.arguments = arguments;
        this.environment = environment;
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
        this.directory = directory;
        this.grouping = grouping;
    }

    /** A command of these arguments, with the daemon's own standard descriptors. */
    public static Command of(String... arguments) {
        return of(List.of(arguments));
    }

    /** A command of these arguments, in UTF-8, with the daemon's own standard descriptors. */
    public static Command of(List<String> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
        return new Command(
                bytes(arguments), Map.of(), Fd.own(0), Fd.own(1), Fd.own(2), Optional.empty(), Grouping.INHERITED);
    }

    /** With more arguments at the end, as they are. */
    public Command withArguments(List<byte[]> more) {
        List<byte[]> all = new ArrayList<>(arguments);
        all.addAll(more);
        return new Command(List.copyOf(all), environment, stdin, stdout, stderr, directory, grouping);
    }

    /** With this environment and nothing else. */
    public Command withEnvironment(Map<String, String> variables) {
        return new Command(arguments, Map.copyOf(variables), stdin, stdout, stderr, directory, grouping);
    }

    /** Reading from {@code fd}, which stays the caller's and must be open until the start. */
    public Command withStdin(Fd fd) {
        return new Command(arguments, environment, fd, stdout, stderr, directory, grouping);
    }

    /** Writing to {@code fd}, which stays the caller's and must be open until the start. */
    public Command withStdout(Fd fd) {
        return new Command(arguments, environment, stdin, fd, stderr, directory, grouping);
    }

    /** Writing errors to {@code fd}, which stays the caller's and must be open until the start. */
    public Command withStderr(Fd fd) {
        return new Command(arguments, environment, stdin, stdout, fd, directory, grouping);
    }

    /** Starting in {@code path} instead of the daemon's directory. */
    public Command in(Path path) {
        return new Command(arguments, environment, stdin, stdout, stderr, Optional.of(path), grouping);
    }

    /** As a member of {@code group}. */
    public Command grouped(Grouping group) {
        return new Command(arguments, environment, stdin, stdout, stderr, directory, group);
    }

    /** The program as it was given, for messages. */
    public String program() {
        return new String(arguments.getFirst(), StandardCharsets.UTF_8);
    }

    List<byte[]> arguments() {
        return arguments;
    }

    List<byte[]> environment() {
        return bytes(environment.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList());
    }

    List<Fd> standardDescriptors() {
        return List.of(stdin, stdout, stderr);
    }

    Optional<Path> directory() {
        return directory;
    }

    Grouping grouping() {
        return grouping;
    }

    private static List<byte[]> bytes(List<String> texts) {
        return texts.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
    }

    @Override
    public String toString() {
        return program();
    }
}
