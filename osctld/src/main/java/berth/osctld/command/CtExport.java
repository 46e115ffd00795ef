package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.ExportWish;
import berth.engine.image.Compression;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = {
            "Pack a container into a file, with all that makes it",
            "An archive of its files and datasets, with the ids that it sees, its settings and a checksum, which 'ct import' takes"
                    + " in. What one that runs has changed is copied first, while it is suspended. It can be neither"
                    + " started nor stopped until it is packed.",
            "A stream has its image and its snapshots too, each with what changed since the one before, so that an"
                    + " import shares as much. With --history it has the former settings, which 'ct rollback' goes back"
                    + " to. Logs are in none.",
            "The file is called FILE.part until it is complete."
        },
        footer = {
            "osctl ct export web web.tar.zst",
            "osctl ct export --format stream --history web web.stream",
            "osctl ct export --compression none web - | ssh other osctl ct import -"
        })
final class CtExport extends OsctlCommand {
    private static final String STANDARD_OUTPUT = "-";

    @Option(names = "--compression", paramLabel = "KIND", description = "zstd, gzip, xz or none; zstd by default")
    String compression = "zstd";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "tar (by default), cpio, or stream: with its snapshots")
    String format = "tar";

    @Option(names = "--history", description = "pack former settings too, into a stream")
    boolean history;

    @Mixin
    DatasetOption datasets = new DatasetOption();

    @Parameters(index = "0", paramLabel = "ID", description = "a container")
    String id = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "the file to make, or - for standard output")
    String file = "";

    @Override
    void run(Call call) {
        Container container = call.names().container(id);
        Compression kind = kind();
        ExportWish wish = wish();
        List<String> notes;
        if (file.equals(STANDARD_OUTPUT)) {
            notes = write(call, container, wish, kind, call.session().out());
        } else {
            notes = new WholeFile(call, file).write(out -> write(call, container, wish, kind, out));
        }
        call.close();
        notes.forEach(note -> call.out().note("%s", note));
        if (!file.equals(STANDARD_OUTPUT)) {
            call.out().done("%s is in %s", container.name(), file);
        }
    }

    private static List<String> write(
            Call call, Container container, ExportWish wish, Compression kind, OutputStream out) {
        // What is compressed is complete when it is closed; what it is written to is closed by whoever opened it.
        try (OutputStream compressed = kind.compress(new KeptOpen(out))) {
            return call.services().containers().export().write(container, wish, compressed, call.caller());
        } catch (IOException e) {
            throw new BerthException(
                    ErrorCode.FAILED, "the archive cannot be written: %s".formatted(e.getMessage()), null, e);
        }
    }

    private ExportWish wish() {
        ExportWish.Format chosen = switch (format.toLowerCase(Locale.ROOT)) {
            case "tar" -> ExportWish.Format.TAR;
            case "cpio" -> ExportWish.Format.CPIO;
            case "stream" -> ExportWish.Format.STREAM;
            default ->
                throw new BerthException(
                        ErrorCode.USAGE, "'%s' is not a format".formatted(format), "use tar, cpio or stream");
        };
        if (history && chosen != ExportWish.Format.STREAM) {
            throw new BerthException(
                    ErrorCode.USAGE, "only a stream has room for former settings", "use --format stream");
        }
        return new ExportWish(
                chosen, history ? ExportWish.History.PACKED : ExportWish.History.LEFT_OUT, datasets.chosen());
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
