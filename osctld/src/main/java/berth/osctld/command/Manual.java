package berth.osctld.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes the manual without a daemon, for whoever builds or packages: {@code Manual VERSION MAN_DIR MARKDOWN_DIR}. */
public final class Manual {
    private Manual() {}

    /** Writes the man pages into one directory and the reference in Markdown into another; makes them if they are missing. */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: Manual VERSION MAN_DIR MARKDOWN_DIR");
            System.exit(2);
        }
        Group root = CommandTree.root();
        write(Path.of(args[1]), ManPages.of(root, args[0]));
        write(Path.of(args[2]), Reference.of(root));
    }

    private static void write(Path directory, Map<String, String> files) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
    }
}
