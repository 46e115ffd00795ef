package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.mount.Mount;
import berth.engine.mount.MountType;
import berth.engine.mount.Ownership;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "new",
        description = {
            "Mount a directory of the host, or memory, in a container",
            "At once if it runs, and at each start before its init. A mount point that does not exist is made. Setuid"
                    + " programs and device nodes in it do nothing, unless --opts has suid.",
            "Files of the host have the owners inside that their numbers say: without --map, only those that belong to"
                    + " the container's own ids can be written. With --map owner root inside is root in that directory:"
                    + " keep it where no other user of the host comes, since setuid programs can be made there."
        },
        footer = {
            "osctl ct mounts new --fs /srv/www --mountpoint /data --map owner web",
            "osctl ct mounts new --fs /srv/iso --mountpoint /iso --opts ro --optional web",
            "osctl ct mounts new --type tmpfs --mountpoint /scratch --opts size=64M,mode=0755 web"
        })
final class MountNew extends MountCommand {
    @Option(names = "--fs", paramLabel = "PATH", description = "a directory or file of the host, for a bind mount")
    @Nullable
    String fs;

    @Option(names = "--mountpoint", required = true, paramLabel = "PATH", description = "where inside")
    String mountpoint = "";

    @Option(names = "--type", paramLabel = "TYPE", description = "bind, as by default, or tmpfs")
    String type = "bind";

    @Option(
            names = "--opts",
            paramLabel = "OPTIONS",
            description = "ro, noexec, suid; of tmpfs size=, mode=, nr_inodes=; with commas between")
    String options = "";

    @Option(
            names = "--map",
            paramLabel = "HOW",
            description = "whose files are: none, by ids as on disk, as by default; owner, with the host's numbers")
    String map = "none";

    @Option(
            names = "--automount",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "mount it at each start, as it is by default, or wait for 'ct mounts activate'")
    boolean automount = true;

    @Option(names = "--optional", description = "start without it if it cannot be mounted")
    boolean optional;

    @Override
    void run(Call call) {
        Container container = container(call);
        List<String> words =
                Arrays.stream(options.split(",")).map(String::strip).toList();
        Ownership ownership = Ownership.of(map);
        Mount mount = new Mount(
                mountpoint,
                MountType.of(type),
                fs,
                null,
                words.stream().filter(w -> !w.equals("optional")).toList(),
                ownership == Ownership.NONE ? null : ownership,
                !automount,
                optional || words.contains("optional"));
        mounts(call).add(container, mount, call.caller());
        call.out().done("%s has %s", container.name(), mount);
    }
}
