package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ls",
        aliases = "list",
        description = "List containers",
        footer = {
            "osctl ct ls",
            "osctl ct ls -S running -o id,memory,cpu_us -s -memory",
            "osctl ct ls -j",
            "All fields of all containers, for programs."
        })
final class CtLs extends OsctlCommand {
    @Mixin
    ListOptions list = new ListOptions();

    @Option(
            names = {"-S", "--state"},
            split = ",",
            paramLabel = "STATES",
            description = "those in one of these states only")
    List<String> states = new ArrayList<>();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "those of this user only")
    @Nullable
    String user;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "those in this group, or in one below it, only")
    @Nullable
    String group;

    @Option(
            names = {"-d", "--distribution"},
            paramLabel = "NAME",
            description = "those of this distribution only")
    @Nullable
    String distribution;

    @Parameters(arity = "0..*", paramLabel = "ID", description = "these only")
    List<String> ids = new ArrayList<>();

    @Override
    void run(Call call) {
        List<Container> all = call.names().containers(ids);
        Predicate<Container> chosen = chosen();
        list.print(
                call, CtColumns.of(call.services()), all.stream().filter(chosen).toList());
    }

    private Predicate<Container> chosen() {
        List<ContainerState> wanted = states.stream().map(ContainerState::parse).toList();
        return c -> (wanted.isEmpty() || wanted.contains(c.state()))
                && (user == null || c.spec().user().equals(user))
                && (group == null || isWithin(c.spec().group(), group))
                && (distribution == null || c.spec().distribution().name().equals(distribution));
    }

    private static boolean isWithin(String path, String ancestor) {
        return path.equals(ancestor) || path.startsWith(ancestor.endsWith("/") ? ancestor : ancestor + "/");
    }
}
