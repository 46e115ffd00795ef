package berth.hosttest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A command that is about to be run on the host, {@code osctl} as a rule. */
public final class Osctl {
    private final Path scratch;
    private final List<String> words;
    private final Map<String, String> environment;
    private Path directory;
    private byte[] stdin = new byte[0];

    Osctl(Path scratch, List<String> words, Map<String, String> environment) {
        this.scratch = scratch;
        this.words = List.copyOf(words);
        this.environment = new TreeMap<>(environment);
        this.directory = scratch;
    }

    /** Runs in {@code place}. */
    Osctl in(Path place) {
        directory = place;
        return this;
    }

    /** Has the environment variable {@code name}. */
    public Osctl with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Reads {@code bytes} and then the end of its input. */
    public Osctl reading(byte[] bytes) {
        stdin = bytes.clone();
        return this;
    }

    /** Reads {@code text} and then the end of its input. */
    public Osctl reading(String text) {
        return reading(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs it to its end. */
    public Result run() {
        try {
            Path input = Files.write(Files.createTempFile(scratch, "in", ""), stdin);
            Running running = start(words, ProcessBuilder.Redirect.from(input.toFile()));
            return running.result();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it with a pipe as its input. */
    public Running start() {
        return start(words, ProcessBuilder.Redirect.PIPE);
    }

    /** Starts it with a terminal of its own, 24 rows and 80 columns, as the three standard descriptors. */
    public Screen onTerminal() {
        String inner = "stty rows 24 cols 80; exec " + Words.quoted(words);
        return new Screen(start(
                List.of("script", "-qef", "-E", "always", "-c", inner, "/dev/null"), ProcessBuilder.Redirect.PIPE));
    }

    private Running start(List<String> command, ProcessBuilder.Redirect input) {
        try {
            Path output = Files.createTempFile(scratch, "out", "");
            Path errors = Files.createTempFile(scratch, "err", "");
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                    .directory(directory.toFile())
                    .redirectInput(input)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment().putAll(environment);
            return new Running(String.join(" ", words), builder.start(), output, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
