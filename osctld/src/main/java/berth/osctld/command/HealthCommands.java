package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.health.Concern;
import berth.engine.health.Concern.Weight;
import berth.engine.health.HealthCheck;
import berth.engine.storage.Pool;
import berth.osctld.output.Colour;
import berth.osctld.output.Columns;
import berth.osctld.output.Format;
import berth.osctld.server.Exits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code healthcheck} of everything and of containers. */
final class HealthCommands {
    private static final Columns<Concern> COLUMNS = Columns.<Concern>builder()
            .usual("pool", Concern::pool)
            .usual("about", Concern::about)
            .coloured(
                    "weight",
                    c -> c.weight().name().toLowerCase(Locale.ROOT),
                    w -> w.equals("broken") ? Colour.RED : Colour.YELLOW)
            .usual("problem", Concern::problem)
            .usual("advice", Concern::advice)
            .build();

    private HealthCommands() {}

    private static void tell(Call call, ListOptions list, List<Concern> concerns) {
        if (concerns.isEmpty() && call.out().style().format() == Format.HUMAN) {
            call.out().done("nothing is broken or unusual");
        } else {
            list.print(call, COLUMNS, concerns);
        }
        if (concerns.stream().anyMatch(c -> c.weight() == Weight.BROKEN)) {
            call.exit(Exits.of(1));
        }
    }

    @Command(
            name = "healthcheck",
            description = {
                "Say what is broken or unusual in pools",
                "Looks for what pools, users, groups, images and containers lack, for limits that do not fit the host, for lines"
                        + " of containers' own that reach LXC, and for what keeps networks from working. Ends with status 1 if"
                        + " anything is broken."
            },
            footer = {"osctl healthcheck", "osctl healthcheck tank"})
    static final class OfAll extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Option(
                names = {"-a", "--all"},
                description = "every pool, as if none is named")
        boolean all;

        @Parameters(arity = "0..*", paramLabel = "POOL", description = "pools")
        List<String> pools = new ArrayList<>();

        @Override
        void run(Call call) {
            HealthCheck health = call.services().health();
            List<Concern> concerns = new ArrayList<>();
            boolean every = all || pools.isEmpty();
            List<Pool> chosen = every
                    ? call.services().pools().all()
                    : pools.stream().map(call.services().pools()::get).toList();
            chosen.forEach(p -> concerns.addAll(health.of(p)));
            if (every && !call.services().networks().all().isEmpty()) {
                concerns.addAll(health.ofNetworks());
            }
            tell(call, list, concerns);
        }
    }

    @Command(
            name = "healthcheck",
            description = {
                "Say what is broken or unusual about containers",
                "About all of them if none is named. Ends with status 1 if anything is broken."
            },
            footer = {"osctl ct healthcheck", "osctl ct healthcheck web"})
    static final class OfContainers extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "ID", description = "containers")
        List<String> ids = new ArrayList<>();

        @Override
        void run(Call call) {
            List<Container> chosen = ids.isEmpty()
                    ? call.services().containers().containers().all()
                    : ids.stream().map(call.names()::container).distinct().toList();
            tell(
                    call,
                    list,
                    chosen.stream()
                            .flatMap(c -> call.services().health().of(c).stream())
                            .toList());
        }
    }
}
