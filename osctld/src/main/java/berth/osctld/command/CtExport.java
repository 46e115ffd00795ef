package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.image.Compression;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = {
            "Pack a container into a file, with all that makes it",
            "A tar archive of its files, with the ids that it sees, its settings and a checksum, which 'ct import' takes in. What one"
                    + " that runs has changed is copied first, while it is suspended. It can be neither started nor stopped until"
                    + " it is packed. Snapshots, logs and the history of its settings are not in it.",
            "The file is called FILE.part until it is complete."
        },
        footer = {
            "osctl ct export web web.tar.zst",
            "osctl ct export --compression none web - | ssh other osctl ct import -"
        })
final class CtExport extends OsctlCommand {
    private static final String STANDARD_OUTPUT = "-";

    @Option(names = "--compression", paramLabel = "KIND", description = "zstd, gzip, xz or none; zstd by default")
    String compression = "zstd";

    @Parameters(index = "0", paramLabel = "ID", description = "a container")
    String id = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "the file to make, or - for standard output")
    String file = "";

    @Override
    void run(Call call) {
        Container container = call.names().container(id);
        Compression kind = kind();
        List<String> notes;
        if (file.equals(STANDARD_OUTPUT)) {
            notes = write(call, container, kind, call.session().out());
        } else {
            notes = new WholeFile(call, file).write(out -> write(call, container, kind, out));
        }
        call.close();
        notes.forEach(note -> call.out().note("%s", note));
        if (!file.equals(STANDARD_OUTPUT)) {
            call.out().done("%s is in %s", container.name(), file);
        }
    }

    private static List<String> write(Call call, Container container, Compression kind, OutputStream out) {
        // What is compressed is complete when it is closed; what it is written to is closed by whoever opened it.
        try (OutputStream compressed = kind.compress(new KeptOpen(out))) {
            return call.services().containers().export().write(container, compressed, call.caller());
        } catch (IOException e) {
            throw new BerthException(
                    ErrorCode.FAILED, "the archive cannot be written: %s".formatted(e.getMessage()), null, e);
        }
    }

    private Compression kind() {
        return switch (compression.toLowerCase(Locale.ROOT)) {
            case "zstd" -> Compression.ZSTD;
            case "gzip" -> Compression.GZIP;
            case "xz" -> Compression.XZ;
            case "none", "off" -> Compression.NONE;
            default ->
                throw new BerthException(
                        ErrorCode.USAGE,
                        "'%s' is not a kind of compression".formatted(compression),
                        "use zstd, gzip, xz or none");
        };
    }
}
