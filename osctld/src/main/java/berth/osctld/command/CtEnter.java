package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.container.ContainerState;
import berth.osctld.output.RawText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The ways into a running container. */
final class CtEnter {
    private CtEnter() {}

    @Command(
            name = "exec",
            description = {
                "Run a command in a container",
                "Everything after the id is the command. It reads and writes what osctl was given, gets its signals, and osctl"
                        + " ends with its exit status: 127 if it could not be run."
            },
            footer = {
                "osctl ct exec web ip addr",
                "osctl ct exec -u www-data --cwd /srv web ls -l",
                "osctl ct exec web tar c /etc > etc.tar",
                "Output is passed on byte for byte."
            })
    static final class Exec extends OsctlCommand implements TakesCommandLine {
        @Option(
                names = {"-u", "--user"},
                paramLabel = "USER",
                description = "as this user of the container's, root by default; a number is taken as it is")
        @Nullable
        String user;

        @Option(names = "--cwd", paramLabel = "DIR", description = "in this directory of the container's")
        @Nullable
        String directory;

        @Option(names = "--env", paramLabel = "NAME=VALUE", description = "with this variable; may be given often")
        List<String> variables = new ArrayList<>();

        @Parameters(index = "0", paramLabel = "ID", description = "a running container")
        String id = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "the program and its arguments")
        List<String> command = new ArrayList<>();

        @Override
        void run(Call call) {
            Container container = call.names().container(id);
            Map<String, String> environment = Guests.environment(call.session());
            variables.forEach(v -> add(environment, v));
            List<String> words = command.getFirst().equals("--") ? command.subList(1, command.size()) : command;
            if (words.isEmpty()) {
                throw new BerthException(ErrorCode.USAGE, "missing argument CMD for 'osctl ct exec'");
            }
            List<byte[]> bytes = words.stream().map(RawText::encode).toList();
            Guests.run(
                    call,
                    streams -> call.services()
                            .containers()
                            .shell()
                            .exec(
                                    container,
                                    Optional.ofNullable(user),
                                    Optional.ofNullable(directory),
                                    environment,
                                    bytes,
                                    streams));
        }

        private static void add(Map<String, String> environment, String variable) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                throw new BerthException(
                        ErrorCode.USAGE, "'%s' is not a variable".formatted(variable), "write --env NAME=VALUE");
            }
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
    }

    @Command(
            name = "attach",
            aliases = "enter",
            description = {"Open a shell in a container", "The best shell that it has, as root."},
            footer = {"osctl ct attach web"})
    static final class Attach extends OsctlCommand {
        @Option(
                names = {"-u", "--user-shell"},
                description = "root's own shell as the container's passwd file names it, as a login shell")
        boolean userShell;

        @Parameters(paramLabel = "ID", description = "a running container")
        String id = "";

        @Override
        void run(Call call) {
            Guests.attach(call, call.names().container(id), userShell);
        }
    }

    @Command(
            name = "console",
            description = {
                "Watch and use a terminal of a container",
                "First comes what it showed before. Ctrl-a q leaves it, Ctrl-a a types Ctrl-a. Many may look at once."
            },
            footer = {"osctl ct console web", "osctl ct console -t 1 web"})
    static final class Console extends OsctlCommand {
        @Option(
                names = {"-t", "--tty"},
                paramLabel = "N",
                description = "number of the terminal; 0, the console, by default")
        int number;

        @Parameters(paramLabel = "ID", description = "a running container")
        String id = "";

        @Override
        void run(Call call) {
            if (number < 0) {
                throw new BerthException(ErrorCode.USAGE, "'%d' is not the number of a terminal".formatted(number));
            }
            Container container = call.names().container(id);
            new ConsoleView(call.session())
                    .show(call.services().containers().shell().console(container, number));
        }
    }

    @Command(
            name = "passwd",
            description = {
                "Set the password of a user in a container",
                "It is asked for on a terminal and read from standard input otherwise, never taken from the command line, where"
                        + " everybody on the host could see it."
            },
            footer = {"osctl ct passwd web root", "osctl ct passwd web root < password.txt"})
    static final class Passwd extends OsctlCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "a running container")
        String id = "";

        @Parameters(index = "1", paramLabel = "GUEST-USER", description = "a user of the container's")
        String user = "";

        @Parameters(index = "2", arity = "0..1", hidden = true)
        @Nullable
        String password;

        @Override
        void run(Call call) {
            if (password != null) {
                throw new BerthException(
                        ErrorCode.USAGE,
                        "a password on the command line can be seen by everybody on the host",
                        "leave it out and type it, or give it on standard input");
            }
            Container container = call.names().container(id);
            if (container.state() != ContainerState.RUNNING) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' is %s"
                                .formatted(container.name(), container.state().word()),
                        "its own chpasswd sets the password, so it has to run");
            }
            String typed = new PasswordPrompt(call.session()).ask(user);
            try {
                call.services().containers().shell().setPassword(container, user, typed);
            } catch (InterruptedException e) {
                throw new BerthException(ErrorCode.CANCELLED, "cancelled", null, e);
            }
            call.out().done("the password of '%s' in %s is set", user, container.name());
        }
    }
}
