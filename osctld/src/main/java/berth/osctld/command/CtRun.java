package berth.osctld.command;

import berth.engine.container.Autostart;
import berth.engine.container.Container;
import berth.engine.container.ContainerRunner;
import berth.engine.container.Deletion;
import berth.engine.container.StopMode;
import berth.engine.container.StopOutcome;
import berth.engine.operation.Caller;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ct start}, {@code stop} and their like. */
final class CtRun {
    private static final String START_LIMIT = "120";
    private static final String STOP_LIMIT = "300";

    private CtRun() {}

    /** How far a stop goes. */
    static final class StopOptions {
        @Option(
                names = {"-t", "--timeout"},
                paramLabel = "SECS",
                description = "how long its init may take, 300 by default")
        String timeout = STOP_LIMIT;

        @ArgGroup(exclusive = true)
        Kill kill = new Kill();

        /** Whether it is killed. */
        static final class Kill {
            @Option(
                    names = {"-k", "--kill"},
                    description = "kill everything in it at once")
            boolean now;

            @Option(names = "--dont-kill", description = "let it run if its init does not end it in time")
            boolean never;
        }

        StopMode mode() {
            return kill.now ? StopMode.KILL : kill.never ? StopMode.GRACEFUL_ONLY : StopMode.GRACEFUL;
        }
    }

    @Command(
            name = "start",
            description = {
                "Start containers",
                "It has started when its init runs. One that runs already stays as it is."
            },
            footer = {
                "osctl ct start web db",
                "osctl ct start -a web",
                "Start it and open a shell in it.",
                "osctl ct start -F web",
                "Start it and watch its console; Ctrl-a q leaves it."
            })
    static final class Start extends Containing {
        @Option(
                names = {"-w", "--wait"},
                paramLabel = "SECS",
                description = "how long the start may take, 120 by default, or infinity")
        String wait = START_LIMIT;

        @Option(
                names = {"-F", "--foreground"},
                description = "open its console when it has started")
        boolean foreground;

        @Option(
                names = {"-a", "--attach"},
                description = "open a shell in it when it has started")
        boolean attach;

        @Option(
                names = {"-u", "--user-shell"},
                description = "with -a, root's own shell instead of a plain one")
        boolean userShell;

        @Override
        int most() {
            return foreground || attach ? 1 : super.most();
        }

        @Override
        void each(Call call, Container container, Caller caller) {
            boolean started = call.services().containers().runner().start(container, Times.parse(wait), caller);
            call.out().done("%s %s", container.name(), started ? "is running" : "was running already");
            // Progress would be drawn into what is shown now.
            call.close();
            if (foreground) {
                new ConsoleView(call.session())
                        .show(call.services().containers().shell().console(container, 0));
            } else if (attach) {
                Guests.attach(call, container, userShell);
            }
        }
    }

    @Command(
            name = "stop",
            description = {
                "Stop containers",
                "Its init is asked to end it. What still runs after the time given is killed. With --all those that start last with"
                        + " the host, by the priorities of 'ct set autostart', stop first, the others after them. One that waits"
                        + " for its autostart is not started any more."
            },
            footer = {"osctl ct stop web", "osctl ct stop -t 10 web db", "osctl ct stop -k --all", "Kill all of them."})
    static final class Stop extends Containing {
        @Mixin
        StopOptions stop = new StopOptions();

        @Override
        List<List<Container>> turns(List<Container> containers) {
            return Autostart.backwards(containers);
        }

        @Override
        void each(Call call, Container container, Caller caller) {
            call.services().containers().autostarter().leaveOut(container);
            StopOutcome outcome = call.services()
                    .containers()
                    .runner()
                    .stop(container, stop.mode(), Times.parse(stop.timeout), caller);
            tell(call, container, outcome);
        }

        private static void tell(Call call, Container container, StopOutcome outcome) {
            if (outcome.how() == StopOutcome.How.WAS_STOPPED) {
                call.out().done("%s was stopped already", container.name());
            } else {
                call.out()
                        .done(
                                "%s is stopped: %s after %s",
                                container.name(), outcome.how().words(), Times.seconds(outcome.took()));
            }
        }
    }

    @Command(
            name = "restart",
            description = {"Restart containers", "One that is stopped is started."},
            footer = {
                "osctl ct restart web",
                "osctl ct restart -r web",
                "Let its init reboot it, as 'reboot' inside would."
            })
    static final class Restart extends Containing {
        @Mixin
        StopOptions stop = new StopOptions();

        @Option(
                names = {"-w", "--wait"},
                paramLabel = "SECS",
                description = "how long the start may take, 120 by default, or infinity")
        String wait = START_LIMIT;

        @Option(
                names = {"-r", "--reboot"},
                description = "ask its init to reboot it, and do not wait")
        boolean reboot;

        @Override
        void each(Call call, Container container, Caller caller) throws InterruptedException {
            ContainerRunner runner = call.services().containers().runner();
            if (reboot) {
                runner.reboot(container, caller);
                call.out().done("%s is rebooting", container.name());
            } else {
                runner.restart(container, stop.mode(), Times.parse(stop.timeout), Times.parse(wait), caller);
                call.out().done("%s is running", container.name());
            }
        }
    }

    @Command(
            name = "freeze",
            description = "Suspend every process of containers",
            footer = {"osctl ct freeze web"})
    static final class Freeze extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            call.services().containers().runner().freeze(container, caller);
            call.out().done("%s is frozen", container.name());
        }
    }

    @Command(
            name = "unfreeze",
            aliases = "thaw",
            description = "Let frozen containers run on",
            footer = {"osctl ct unfreeze web"})
    static final class Unfreeze extends Containing {
        @Override
        void each(Call call, Container container, Caller caller) {
            call.services().containers().runner().thaw(container, caller);
            call.out().done("%s is running", container.name());
        }
    }

    @Command(
            name = "del",
            aliases = "delete",
            description = {
                "Delete containers",
                "It goes to the trash, with its files, snapshots and logs, and can be brought back by 'trash restore' for as long as"
                        + " its pool keeps what is there: a day, unless 'pool set trash-age' says otherwise. Until then it keeps its"
                        + " user and ids."
            },
            footer = {
                "osctl ct del web",
                "osctl ct del -f web db",
                "Kill them first if they run.",
                "osctl ct del --purge web",
                "Delete it at once; there is no way back."
            })
    static final class Del extends Containing {
        @Option(
                names = {"-f", "--force"},
                description = "kill it first if it runs")
        boolean force;

        @Option(
                names = {"--purge", "--no-trash"},
                description = "delete it for good, and its user if that was made for it")
        boolean purge;

        @Override
        void each(Call call, Container container, Caller caller) {
            Deletion how = new Deletion(
                    force ? Deletion.Running.KILLED : Deletion.Running.REFUSED,
                    purge ? Deletion.Fate.GONE : Deletion.Fate.TRASH);
            switch (call.services().containers().factory().delete(container, how, caller)) {
                case TRASH ->
                    call.out()
                            .done("%s is in the trash; 'trash restore %s' brings it back", container.name(), container);
                case GONE -> call.out().done("%s is deleted", container.name());
            }
        }
    }
}
