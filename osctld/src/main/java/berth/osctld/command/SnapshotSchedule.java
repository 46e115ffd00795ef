package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.SnapshotSchedules;
import berth.engine.group.Group;
import berth.engine.operation.Caller;
import berth.engine.schedule.Retention;
import berth.engine.schedule.Schedule;
import berth.engine.storage.Pool;
import berth.osctld.output.Colour;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot schedule} of containers, groups and pools. */
final class SnapshotSchedule {
    private SnapshotSchedule() {}

    private static SnapshotSchedules schedules(Call call) {
        return call.services().containers().schedules();
    }

    private static Columns<Container> columns(SnapshotSchedules schedules) {
        return Columns.<Container>builder()
                .usual("pool", c -> c.id().pool())
                .usual("id", Container::name)
                .usual("every", c -> effective(schedules, c).map(SnapshotSchedule::every))
                .usual(
                        "keep",
                        c -> effective(schedules, c)
                                .filter(s -> s.every().isPresent())
                                .map(s -> s.keep().toString()))
                .usual("from", c -> schedules.of(c).map(SnapshotSchedules.Effective::from))
                .usual("last", Kind.TIME, schedules::last)
                .usual("next", Kind.TIME, schedules::next)
                .coloured(
                        "problem",
                        c -> schedules
                                .failure(c)
                                .map(SnapshotSchedules.Failure::reason)
                                .orElse(""),
                        _ -> Colour.RED)
                .build();
    }

    private static Optional<Schedule> effective(SnapshotSchedules schedules, Container container) {
        return schedules.of(container).map(SnapshotSchedules.Effective::schedule);
    }

    private static String every(Schedule schedule) {
        return schedule.every().map(Times::age).orElse("never");
    }

    private static void tell(Call call, String subject, Schedule schedule) {
        Optional<Duration> every = schedule.every();
        if (every.isEmpty()) {
            call.out().done("no snapshots of %s are taken by themselves", subject);
        } else {
            call.out()
                    .done(
                            "snapshots of %s are taken every %s; kept are %s",
                            subject, Times.age(every.get()), schedule.keep());
        }
    }

    @Command(
            name = "set",
            description = {
                "Have snapshots of containers taken by themselves",
                "The first is taken at once. What a container says counts more than what its groups say, and that more than what"
                        + " its pool says. Snapshots that were not taken so are never deleted by themselves."
            },
            footer = {
                "osctl ct snapshot schedule set --every 1h web",
                "osctl ct snapshot schedule set --every 15m --keep last=8,hourly=24,daily=7 web",
                "osctl ct snapshot schedule set --every never scratch"
            })
    static final class Set extends Containing {
        @Mixin
        ScheduleOptions options = new ScheduleOptions();

        @Override
        void each(Call call, Container container, Caller caller) {
            Schedule schedule = options.schedule();
            schedules(call).set(container, schedule, caller);
            tell(call, container.name(), schedule);
        }
    }

    @Command(
            name = "unset",
            description = {
                "Let groups and pools say when snapshots are taken",
                "Snapshots that there are stay; if nobody says that any are taken they stay until they are deleted."
            },
            footer = {"osctl ct snapshot schedule unset web"})
    static final class Unset extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            schedules(call).set(container, null, caller);
            call.out().done("%s has no schedule of its own", container.name());
        }
    }

    @Command(
            name = "ls",
            aliases = "list",
            description = {
                "List when snapshots of containers are taken by themselves",
                "'from' is what says so: the container, a group or the pool; 'problem' is why the last was not taken."
            },
            footer = {"osctl ct snapshot schedule ls", "osctl ct snapshot schedule ls -o id,next,problem"})
    static final class Ls extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Parameters(arity = "0..*", paramLabel = "ID", description = "these containers only")
        List<String> ids = new ArrayList<>();

        @Override
        void run(Call call) {
            list.print(call, columns(schedules(call)), call.names().containers(ids));
        }
    }

    @Command(
            name = "set",
            description = {
                "Have snapshots of all in a group taken by themselves",
                "It holds for containers, and groups below it, that say nothing else."
            },
            footer = {"osctl group snapshot schedule set --every 1d --keep daily=14 /default"})
    static final class SetOfGroup extends OsctlCommand {
        @Mixin
        ScheduleOptions options = new ScheduleOptions();

        @Parameters(paramLabel = "GROUP", description = "a group")
        String path = "";

        @Override
        void run(Call call) {
            set(call, GroupCommands.named(call, path), options.schedule());
        }
    }

    @Command(
            name = "unset",
            description = "Let groups above it and the pool say when snapshots are taken",
            footer = {"osctl group snapshot schedule unset /default"})
    static final class UnsetOfGroup extends OsctlCommand {
        @Parameters(paramLabel = "GROUP", description = "a group")
        String path = "";

        @Override
        void run(Call call) {
            set(call, GroupCommands.named(call, path), null);
        }
    }

    private static void set(Call call, Group group, @Nullable Schedule schedule) {
        schedules(call).set(group, schedule, call.caller());
        if (schedule == null) {
            call.out().done("group %s has no schedule of its own", group.path());
        } else {
            tell(call, "containers in group " + group.path(), schedule);
        }
    }

    @Command(
            name = "set",
            description = {
                "Have snapshots of all in a pool taken by themselves",
                "It holds for containers that say nothing else, nor their groups."
            },
            footer = {"osctl pool snapshot schedule set --every 1d tank"})
    static final class SetOfPool extends OsctlCommand {
        @Mixin
        ScheduleOptions options = new ScheduleOptions();

        @Parameters(paramLabel = "POOL", description = "a pool")
        String name = "";

        @Override
        void run(Call call) {
            Pool pool = call.services().pools().usable(name);
            Schedule schedule = options.schedule();
            schedules(call).set(pool, schedule, call.caller());
            tell(call, "containers in pool " + pool.name(), schedule);
        }
    }

    @Command(
            name = "unset",
            description = "Take no snapshots because the pool says so",
            footer = {"osctl pool snapshot schedule unset tank"})
    static final class UnsetOfPool extends OsctlCommand {
        @Parameters(paramLabel = "POOL", description = "a pool")
        String name = "";

        @Override
        void run(Call call) {
            Pool pool = call.services().pools().usable(name);
            schedules(call).set(pool, null, call.caller());
            call.out().done("pool %s has no schedule", pool.name());
        }
    }

    /** How often and how many, as users write it. */
    static final class ScheduleOptions {
        @Option(
                names = "--every",
                required = true,
                paramLabel = "TIME",
                description =
                        "how often, for instance 15m, 1h, 1d or 1w; in UTC, days from midnight, weeks from Monday; or never")
        String every = "";

        @Option(
                names = "--keep",
                paramLabel = "NUMBERS",
                description = "how many to keep of last, hourly, daily, weekly and monthly ones; the newest always is;"
                        + " last=1,hourly=24,daily=7,weekly=4,monthly=6 by default")
        @Nullable
        String keep;

        Schedule schedule() {
            if (every.equals("never")) {
                return Schedule.NEVER;
            }
            return new Schedule(
                    Times.parseAge(every).toSeconds(), keep == null ? Retention.USUAL : RetentionWords.parse(keep));
        }
    }
}
