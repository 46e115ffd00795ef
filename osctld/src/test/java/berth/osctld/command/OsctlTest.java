package berth.osctld.command;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;
import berth.osctld.server.Exits;
import berth.osctld.server.FakeSession;
import berth.osctld.server.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

final class OsctlTest {
    @Command(name = "ls", aliases = "list", description = "List berries", footer = "osctl berry ls")
    static final class BerryLs extends OsctlCommand {
        @Mixin
        ListOptions list = new ListOptions();

        @Override
        void run(Call call) {
            call.out().text("listed in " + call.names().chosenPool().orElse("any pool") + "\n");
        }
    }

    @Command(name = "start", description = "Start a berry", footer = "osctl berry start -p 3 red")
    static final class BerryStart extends OsctlCommand {
        @Option(names = "-p", paramLabel = "N", description = "priority")
        int priority;

        @Option(names = "--size", required = true, paramLabel = "N", description = "its size")
        int size;

        @Parameters(paramLabel = "ID", description = "the berry")
        String id = "";

        @Override
        void run(Call call) {
            call.out().done("%s has started with priority %d and size %d", id, priority, size);
        }
    }

    @Command(name = "stop", description = "Stop a berry", footer = "osctl berry stop red")
    static final class BerryStop extends OsctlCommand {
        @Parameters(paramLabel = "ID", description = "the berry")
        String id = "";

        @Override
        void run(Call call) {
            switch (id) {
                case "rotten" -> throw new BerthException(ErrorCode.NOT_FOUND, "no berry 'rotten'", "pick another");
                case "cursed" -> throw new IllegalStateException("the tree is gone");
                default -> throw new BerthException(ErrorCode.CANCELLED, "stopping was interrupted");
            }
        }
    }

    @Command(name = "exec", description = "Run a command in a berry", footer = "osctl berry exec red ls -l")
    static final class BerryExec extends OsctlCommand implements TakesCommandLine {
        @Option(names = "-u", paramLabel = "USER", description = "as this user")
        @Nullable
        String user;

        @Parameters(index = "0", paramLabel = "ID", description = "the berry")
        String id = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "what to run")
        List<String> command = new ArrayList<>();

        @Override
        void run(Call call) {
            call.out().text(id + " as " + user + ": " + command + "\n");
            call.exit(Exits.of(33));
        }
    }

    private final Group root = new Group("osctl", "Test")
            .commands(List.of(Help.class, Ping.class))
            .groups(List.of(
                    new Group("berry", "Berries", "fruit")
                            .commands(List.of(BerryLs.class, BerryStart.class, BerryStop.class, BerryExec.class)),
                    new Group("id-range", "Ranges").commands(List.of(BerryLs.class))));
    private final Osctl osctl = new Osctl(new NoEngine(), root);

    private ExitStatus run(Session session) {
        return osctl.run(session);
    }

    @Test
    void aCommandIsFoundByItsFullWords() {
        FakeSession session = FakeSession.of("osctl", "berry", "ls");

        assertThat(run(session)).isEqualTo(Exits.OK);
        assertThat(session.output()).isEqualTo("listed in any pool\n");
    }

    @Test
    void anAliasMeansTheSameAsTheName() {
        FakeSession session = FakeSession.of("osctl", "fruit", "list");

        run(session);

        assertThat(session.output()).isEqualTo("listed in any pool\n");
    }

    @Test
    void theBeginningOfAWordIsEnoughIfOnlyOneHasIt() {
        FakeSession session = FakeSession.of("osctl", "id", "l");

        run(session);

        assertThat(session.output()).isEqualTo("listed in any pool\n");
    }

    @Test
    void theBeginningOfSeveralWordsIsRefusedWithTheirNames() {
        FakeSession session = FakeSession.of("osctl", "berry", "st");

        assertThat(run(session)).isEqualTo(Exits.of(2));
        assertThat(session.errors()).isEqualTo("osctl: 'osctl berry st' may mean: start, stop\n");
    }

    @Test
    void anUnknownWordGetsASuggestion() {
        FakeSession session = FakeSession.of("osctl", "bery", "ls");

        assertThat(run(session)).isEqualTo(Exits.of(2));
        assertThat(session.errors()).isEqualTo("""
                        osctl: unknown command 'bery' in 'osctl', did you mean 'berry'?
                          hint: 'osctl --help' lists the commands
                        """);
    }

    @Test
    void aShortcutNameIsTheFirstWord() {
        FakeSession session = FakeSession.of("id-range", "ls");

        run(session);

        assertThat(session.output()).isEqualTo("listed in any pool\n");
    }

    @Test
    void globalOptionsMayStandBeforeBetweenAndAfterTheWords() {
        FakeSession before = FakeSession.of("osctl", "--pool", "tank", "berry", "ls");
        FakeSession between = FakeSession.of("osctl", "berry", "--pool=tank", "ls");
        FakeSession after = FakeSession.of("osctl", "berry", "ls", "--pool", "tank");

        run(before);
        run(between);
        run(after);

        assertThat(List.of(before.output(), between.output(), after.output())).containsOnly("listed in tank\n");
    }

    @Test
    void optionsMayStandBeforeAndAfterArguments() {
        FakeSession session = FakeSession.of("osctl", "berry", "start", "--size", "4", "red", "-j");

        run(session);

        assertThat(session.output()).isEqualTo("{\"done\":\"red has started with priority 0 and size 4\"}\n");
    }

    @Test
    void aCommandsOwnOptionGoesBeforeAGlobalOne() {
        FakeSession session = FakeSession.of("osctl", "berry", "start", "--size=4", "-p", "3", "red");

        run(session);

        assertThat(session.output()).isEqualTo("red has started with priority 3 and size 4\n");
    }

    @Test
    void wordsAfterTheIdBelongToTheOtherProgram() {
        FakeSession session =
                FakeSession.of("osctl", "berry", "exec", "-u", "eve", "red", "ls", "-u", "--help", "", "@x");

        assertThat(run(session)).isEqualTo(Exits.of(33));
        assertThat(session.output()).isEqualTo("red as eve: [ls, -u, --help, , @x]\n");
    }

    @Test
    void aMissingArgumentIsNamed() {
        FakeSession session = FakeSession.of("osctl", "berry", "start", "--size", "4");

        assertThat(run(session)).isEqualTo(Exits.of(2));
        assertThat(session.errors()).isEqualTo("""
                        osctl: missing argument ID for 'osctl berry start --size 4'
                          hint: write 'osctl berry start [OPTIONS] --size N ID'; 'osctl berry start --help' explains it
                        """);
    }

    @Test
    void aMissingOptionIsNamed() {
        FakeSession session = FakeSession.of("osctl", "berry", "start", "red");

        run(session);

        assertThat(session.errors()).startsWith("osctl: missing option '--size' for 'osctl berry start red'\n");
    }

    @Test
    void anUnknownOptionGetsASuggestion() {
        FakeSession session = FakeSession.of("osctl", "berry", "ls", "--hide-heder");

        assertThat(run(session)).isEqualTo(Exits.of(2));
        assertThat(session.errors())
                .startsWith(
                        "osctl: unknown option '--hide-heder' of 'osctl berry ls', did you mean '--hide-header'?\n");
    }

    @Test
    void anArgumentTooManyIsNamed() {
        FakeSession session = FakeSession.of("osctl", "berry", "ls", "red");

        run(session);

        assertThat(session.errors()).startsWith("osctl: 'red' is one argument too many for 'osctl berry ls'\n");
    }

    @Test
    void aMalformedNumberIsToldInOneLine() {
        FakeSession session = FakeSession.of("osctl", "berry", "start", "red", "--size", "big");

        assertThat(run(session)).isEqualTo(Exits.of(2));
        assertThat(session.errors()).startsWith("osctl: 'big' is not a number for option '--size'\n");
    }

    @Test
    void anErrorShowsItsHintAndItsExitStatus() {
        FakeSession session = FakeSession.of("osctl", "berry", "stop", "rotten");

        assertThat(run(session)).isEqualTo(Exits.of(4));
        assertThat(session.errors()).isEqualTo("osctl: no berry 'rotten'\n  hint: pick another\n");
    }

    @Test
    void anErrorAsJsonGoesToStandardErrorToo() {
        FakeSession session = FakeSession.of("osctl", "-j", "berry", "stop", "rotten");

        run(session);

        assertThat(session.output()).isEmpty();
        assertThat(session.errors())
                .isEqualTo("{\"error\":{\"code\":\"NOT_FOUND\",\"type\":\"USER\",\"message\":\"no berry 'rotten'\","
                        + "\"hint\":\"pick another\"}}\n");
    }

    @Test
    void aDefectIsToldInOneLineWithoutAStackTrace() {
        FakeSession session = FakeSession.of("osctl", "berry", "stop", "cursed");

        assertThat(run(session)).isEqualTo(Exits.of(70));
        assertThat(session.errors()).isEqualTo("osctl: internal error (the tree is gone), see the daemon's log\n");
    }

    @Test
    void aCancelledCommandEndsLikeOneThatItsSignalEnded() {
        FakeSession session = FakeSession.of("osctl", "berry", "stop", "red");
        session.signals().deliver(Signal.TERM);

        assertThat(run(session)).isEqualTo(Exits.of(143));
    }

    @Test
    void aGroupAloneSaysWhatIsMissing() {
        FakeSession session = FakeSession.of("osctl", "berry");

        assertThat(run(session)).isEqualTo(Exits.of(2));
        assertThat(session.errors()).startsWith("osctl: 'osctl berry' needs a command: ls, start, stop, exec\n");
    }

    @Test
    void helpOfAGroupListsItsCommands() {
        FakeSession session = FakeSession.of("osctl", "berry", "--help");

        assertThat(run(session)).isEqualTo(Exits.OK);
        assertThat(session.output()).contains("ls|list  List berries", "start    Start a berry");
    }

    @Test
    void helpOfACommandShowsItsOptionsAndAnExample() {
        FakeSession asked = FakeSession.of("osctl", "help", "berry", "start");
        FakeSession option = FakeSession.of("osctl", "berry", "start", "--help");

        run(asked);
        run(option);

        assertThat(asked.output()).isEqualTo(option.output());
        assertThat(asked.output())
                .contains("osctl berry start - Start a berry", "--size N", "osctl berry start -p 3 red");
    }

    @Test
    void theVersionNeedsNoCommand() {
        FakeSession session = FakeSession.of("osctl", "--version");

        run(session);

        assertThat(session.output()).isEqualTo("osctl 1.2\n");
    }

    @Test
    void coloursAreForTerminalsThatWantThem() {
        FakeSession coloured = FakeSession.onTerminal(Map.of("TERM", "xterm"), "osctl", "berry", "stop", "rotten");
        FakeSession plain = FakeSession.onTerminal(Map.of("NO_COLOR", "1"), "osctl", "berry", "stop", "rotten");

        run(coloured);
        run(plain);

        assertThat(coloured.errors()).startsWith("\033[31mosctl: ");
        assertThat(plain.errors()).startsWith("osctl: no berry");
    }
}
