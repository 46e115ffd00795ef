package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ImportWish;
import berth.linux.Fd;
import berth.linux.socket.FdStreams;
import java.io.BufferedInputStream;
import java.io.InputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = {
            "Take in a container that 'ct export' packed",
            "It is stopped, and has a user of its own unless one is named. Its files become an image, which it stands"
                    + " on; of a stream it gets its image and snapshots again. Interfaces whose addresses others have are"
                    + " left out, and so, unless --host-parts is given, are devices, mounts and interfaces of the host;"
                    + " each is told. A file that was damaged or changed is refused."
        },
        footer = {
            "osctl ct import web.tar.zst",
            "osctl ct import --as-id web2 web.tar.zst",
            "ssh other osctl ct export web - | osctl ct import -"
        })
final class CtImport extends OsctlCommand {
    private static final int BUFFER = 1 << 16;

    @Mixin
    ImportOptions options = new ImportOptions();

    @Parameters(paramLabel = "FILE", description = "a file made by 'ct export', or - for standard input")
    String file = "";

    @Override
    void run(Call call) {
        Container made = file.equals("-") ? read(call, call.session().in()) : readFile(call);
        call.close();
        call.out().done("%s is there", made.name());
    }

    private Container readFile(Call call) {
        try (Fd opened = call.open(file)) {
            return read(call, FdStreams.input(opened));
        }
    }

    private Container read(Call call, InputStream archive) {
        ImportWish wish = options.wish(call.names().pool().name());
        return call.services()
                .containers()
                .imports()
                .read(new BufferedInputStream(archive, BUFFER), wish, call.caller());
    }
}
