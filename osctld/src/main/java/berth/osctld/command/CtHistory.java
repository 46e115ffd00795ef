package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerSpec;
import berth.engine.container.Containers;
import berth.engine.store.Revision;
import berth.engine.store.Yaml;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What a container has been, and back to it. */
final class CtHistory {
    private static final Columns<Revision<ContainerSpec>> COLUMNS = Columns.<Revision<ContainerSpec>>builder()
            .usual("revision", Kind.NUMBER, Revision::number)
            .usual("at", Kind.TIME, r -> r.change().at())
            .usual("by", r -> r.change().by())
            .usual("command", r -> r.change().command())
            .build();

    private CtHistory() {}

    @Command(
            name = "history",
            description = "List the changes of a container's configuration",
            footer = {"osctl ct history web"})
    static final class History extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            list.print(call, COLUMNS, call.services().containers().containers().history(container));
        }
    }

    @Command(
            name = "diff",
            description = {
                "Show how the configuration of a container changed",
                "Lines that went away begin with -, new ones with +."
            },
            footer = {"osctl ct diff web", "What the last change was.", "osctl ct diff web 3 7"})
    static final class Diff extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "FROM",
                description = "a revision; the one before the present one by default")
        @Nullable
        Integer from;

        @Parameters(
                index = "2",
                arity = "0..1",
                paramLabel = "TO",
                description = "a revision; the present one by default")
        @Nullable
        Integer to;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            int last = to == null ? container.revision().number() : to;
            int first = from == null ? Math.max(1, last - 1) : from;
            call.out().text(Lines.diff(lines(call, container, first), lines(call, container, last)));
        }

        private static List<String> lines(Call call, Container container, int number) {
            Containers containers = call.services().containers().containers();
            ContainerSpec spec = containers.revision(container, number).value();
            return Yaml.write(spec).lines().toList();
        }
    }

    @Command(
            name = "rollback",
            description = {
                "Give a container its configuration of an earlier revision",
                "As a new revision. Its files stay as they are."
            },
            footer = {"osctl ct rollback web 3"})
    static final class Rollback extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "REVISION", description = "as 'ct history' lists it")
        int number;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            call.services().containers().settings().rollBack(container, number, call.caller());
            call.out()
                    .done(
                            "%s is as in revision %d again, as revision %d",
                            container.name(), number, container.revision().number());
        }
    }
}
