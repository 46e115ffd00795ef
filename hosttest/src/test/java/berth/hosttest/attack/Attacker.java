package berth.hosttest.attack;

import static berth.hosttest.ResultAssert.assertThat;

import berth.hosttest.Checkout;
import berth.hosttest.Host;
import berth.hosttest.Osctl;
import berth.hosttest.Result;
import berth.hosttest.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/**
 * A running container whose root is hostile. It has a program of its own, {@code hostile}, for what no shell can do:
 * {@code native/test/hostile.c} lists its commands, the files beside it do them.
 */
record Attacker(Host host, String name) {
    private static final String PROGRAM = "/root/hostile";

    /** Makes and starts the container {@code name} of {@code kind}; {@code settings} are commands about it before its start. */
    static Attacker in(Host host, Kind kind, String name, String... settings) {
        host.given("ct new --image busybox " + name);
        host.given(kind.settings(name).toArray(String[]::new));
        host.given(settings);
        host.given("ct start " + name);
        Attacker attacker = new Attacker(host, name);
        attacker.arm();
        return attacker;
    }

    /** Runs a script as root inside, to its end. */
    Result asRoot(String script) {
        return command(script).run();
    }

    /** Runs a command of its program as root inside, to its end. */
    Result tries(String command) {
        return asRoot(PROGRAM + " " + command);
    }

    /** Starts a command of its program as root inside. */
    Running begins(String command) {
        return command("exec " + PROGRAM + " " + command).start();
    }

    /** A script as root inside, not started yet. */
    Osctl command(String script) {
        return host.command(List.of("ct", "exec", name, "sh", "-c", script));
    }

    /** Where LXC's monitor of it listens, in the abstract name space. */
    String commandSocket() {
        return "/run/%s/pool/tank/ct/%s/command".formatted(host.instance(), name);
    }

    /** The process of LXC that holds it. */
    int monitor() {
        return Integer.parseInt(host.shell("ps -o ppid= -p " + host.initPid(name))
                .run()
                .stdout()
                .strip());
    }

    /** Installs its program again, for instance after its files were taken back. */
    void arm() {
        try {
            byte[] program = Files.readAllBytes(Checkout.hostile());
            assertThat(command("cat >%1$s && chmod 755 %1$s".formatted(PROGRAM))
                            .reading(program)
                            .run())
                    .succeeds();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
