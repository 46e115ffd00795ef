package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.confinement.Amount;
import berth.engine.confinement.Prlimit;
import berth.engine.container.Container;
import berth.engine.container.ContainerConfinement;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimit;
import berth.osctld.output.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ct prlimits}. */
final class PrlimitCommands {
    private PrlimitCommands() {}

    private record Row(String name, Prlimit wanted, ResourceLimit effective) {}

    private static ContainerConfinement service(Call call) {
        return call.services().containers().confinement();
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = {
                "List the resource limits of the processes of a container",
                "What was set, and what its init has while it runs. What is not listed is as on the host."
            },
            footer = "osctl ct prlimits ls web")
    static final class Ls extends OsctlCommand {
        private static final Columns<Row> COLUMNS = Columns.<Row>builder()
                .usual("name", Row::name)
                .usual("soft", r -> r.wanted().soft().written())
                .usual("hard", r -> r.wanted().hard().written())
                .usual("effective_soft", r -> new Amount(r.effective().soft()).written())
                .usual("effective_hard", r -> new Amount(r.effective().hard()).written())
                .build();

        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            list.print(
                    call,
                    COLUMNS,
                    Stream.of(Resource.values())
                            .flatMap(r -> row(call, container, r).stream())
                            .toList());
        }

        private static Optional<Row> row(Call call, Container container, Resource resource) {
            return container
                    .spec()
                    .ownConfinement()
                    .prlimit(resource)
                    .map(wanted ->
                            new Row(resource.word(), wanted, service(call).effective(container, resource)));
        }
    }

    @Command(
            name = "set",
            description = {
                "Set a resource limit of each process of a container",
                "At once if it runs. LIMIT is one of as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc,"
                        + " rss, rtprio, rttime, sigpending, stack, in the units of prlimit(1)."
            },
            footer = {
                "osctl ct prlimits set web nofile 4096 65536",
                "osctl ct prlimits set web core 0",
                "osctl ct prlimits set web memlock unlimited"
            })
    static final class Set extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1", paramLabel = "LIMIT", description = "the resource, such as nofile")
        String limit = "";

        @Parameters(index = "2", paramLabel = "SOFT", description = "what holds; a number, or unlimited")
        String soft = "";

        @Parameters(
                index = "3",
                arity = "0..1",
                paramLabel = "HARD",
                description = "how far processes may raise it; as SOFT if left out")
        @Nullable
        String hard;

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            Resource resource = Prlimit.resource(limit);
            Prlimit wanted = new Prlimit(Amount.parse(soft), Amount.parse(hard == null ? soft : hard));
            service(call).change(container, c -> c.with(resource, wanted), call.caller());
            call.out().done("%s of %s is %s", limit, container.name(), wanted);
        }
    }

    @Command(
            name = "unset",
            description = {
                "Give each process of a container the host's limit again",
                "At once if it runs, as far as limits may be raised. nofile is 1024:1048576 then."
            },
            footer = "osctl ct prlimits unset web nofile")
    static final class Unset extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "LIMIT", description = "resources, such as nofile")
        List<String> limits = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            for (String limit : limits) {
                Resource resource = Prlimit.resource(limit);
                if (!container.spec().ownConfinement().prlimits().containsKey(limit)) {
                    throw new BerthException(
                            ErrorCode.NOT_FOUND,
                            "container '%s' has no limit of %s of its own".formatted(container.name(), limit),
                            "'osctl ct prlimits ls %s' lists those it has".formatted(container.name()));
                }
                service(call).change(container, c -> c.without(resource), call.caller());
                call.out().done("%s of %s is not set any more", limit, container.name());
            }
        }
    }
}
