package berth.osctld.server;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;
import berth.linux.socket.Terminal;
import berth.linux.socket.UnixListener;
import berth.osctld.output.RawText;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CommandServerTest {
    private static final int THIS_USER = -1;

    private final AtomicReference<Program> program = new AtomicReference<>(_ -> Exits.OK);
    private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    private final Path socket;
    private final CommandServer server;
    private final Thread serving;

    CommandServerTest(@TempDir Path directory) {
        socket = directory.resolve("sock");
        server = new CommandServer(
                UnixListener.bind(socket, 0600, THIS_USER, THIS_USER),
                session -> program.get().run(session),
                8);
        serving = Thread.ofPlatform().start(server::serve);
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
        serving.join();
    }

    private Caller caller() {
        return new Caller(socket);
    }

    private static ExitStatus untilInterrupted(Session session) {
        try {
            new CountDownLatch(1).await();
            return Exits.OK;
        } catch (InterruptedException e) {
            return session.signals().cancelledBy().map(Exits::cancelled).orElse(Exits.of(1));
        }
    }

    @Test
    void aCommandSeesWhatItsCallerSent() throws InterruptedException {
        program.set(session -> {
            seen.add(session.invocation());
            return Exits.of(3);
        });

        try (Caller caller = caller().hello("/usr/bin/ct", "exec", "b\u00FFd")) {
            assertThat(caller.exit()).isEqualTo(Exits.of(3));
        }
        Invocation invocation = (Invocation) seen.take();
        assertThat(invocation.name()).isEqualTo("ct");
        assertThat(invocation.directory()).isEqualTo("/root");
        assertThat(invocation.environment()).containsEntry("TERM", "xterm");
        assertThat(invocation.terminals()).containsExactly(StandardStream.STDOUT);
        assertThat(invocation.window()).isEqualTo(new Terminal.Size(24, 80));
        assertThat(RawText.encode(invocation.arguments().get(1))).containsExactly('b', 0xFF, 'd');
    }

    @Test
    void outputGoesToTheCallersOwnDescriptorAndEndsBeforeTheCommand() {
        program.set(session -> {
            try {
                session.out().write(RawText.encode("hello"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Exits.OK;
        });

        try (Caller caller = caller().hello("osctl")) {
            assertThat(caller.exit()).isEqualTo(Exits.OK);
            assertThat(caller.output()).isEqualTo("hello");
            assertThat(caller.output()).isEmpty();
        }
    }

    @Test
    void aHelloMayArriveInPieces() {
        byte[] hello = new Frame(Frame.HELLO, Caller.hello(Invocation.PROTOCOL, "osctl")).bytes();
        try (Caller caller = caller()) {
            caller.pieces(hello, caller.standard());
            assertThat(caller.exit()).isEqualTo(Exits.OK);
        }
    }

    @Test
    void anInterruptCancelsTheCommand() {
        program.set(CommandServerTest::untilInterrupted);

        try (Caller caller = caller().hello("osctl").frame(Frame.SIGNAL, new byte[] {2}, List.of())) {
            assertThat(caller.exit()).isEqualTo(Exits.of(130));
        }
    }

    @Test
    void aCallerThatIsGoneHangsTheCommandUp() throws InterruptedException {
        program.set(session -> {
            ExitStatus status = untilInterrupted(session);
            seen.add(session.signals().cancelledBy().orElseThrow());
            return status;
        });

        try (Caller caller = caller().hello("osctl")) {
            caller.leave();
            assertThat(seen.take()).isEqualTo(Signal.HUP);
        }
    }

    @Test
    void aCancelledCommandStopsReadingWhatItsCallerTypes() throws InterruptedException {
        program.set(session -> {
            try {
                seen.add(session.in().read());
            } catch (InterruptedIOException e) {
                seen.add("interrupted");
            } catch (IOException e) {
                seen.add(e);
            }
            return Exits.OK;
        });

        try (Caller caller = caller().hello("osctl").frame(Frame.SIGNAL, new byte[] {15}, List.of())) {
            assertThat(caller.exit()).isEqualTo(Exits.OK);
            assertThat(seen.take()).isEqualTo("interrupted");
        }
    }

    @Test
    void aCommandMayTakeSignalsAndWindowSizesItself() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        program.set(session -> {
            try (var signals = session.signals().handle(seen::add);
                    var sizes = session.signals().onResize(seen::add)) {
                ready.countDown();
                done.await();
                return signals.equals(sizes) ? Exits.OK : Exits.of(9);
            } catch (InterruptedException e) {
                return Exits.of(2);
            }
        });

        try (Caller caller = caller().hello("osctl")) {
            ready.await();
            caller.frame(Frame.SIGNAL, new byte[] {2}, List.of());
            caller.frame(Frame.WINDOW, new byte[] {50, 0, (byte) 200, 0}, List.of());
            assertThat(seen.take()).isEqualTo(Signal.INT);
            assertThat(seen.take()).isEqualTo(new Terminal.Size(50, 200));
            done.countDown();
            assertThat(caller.exit()).isEqualTo(Exits.of(9));
        }
    }

    @Test
    void theRelayOpensFilesWithItsOwnRights() throws InterruptedException {
        program.set(session -> {
            try (Fd fd = session.openForReading("a.tar")) {
                seen.add("opened " + fd.isOpen());
            }
            try (Fd fd = session.openForReading("b.tar")) {
                seen.add("opened " + fd.isOpen());
            } catch (KernelException e) {
                seen.add(e.getMessage());
            }
            return Exits.OK;
        });

        try (Caller caller = caller().hello("osctl")) {
            assertThat(caller.openRequest()).isEqualTo("a.tar");
            caller.frame(Frame.OPENED, new byte[4], caller.standard().subList(0, 1));
            assertThat(caller.openRequest()).isEqualTo("b.tar");
            caller.frame(Frame.OPENED, new byte[] {13, 0, 0, 0}, List.of());
            assertThat(caller.exit()).isEqualTo(Exits.OK);
        }
        assertThat(seen.take()).isEqualTo("opened true");
        assertThat(seen.take()).isEqualTo("open 'b.tar': permission denied (EACCES)");
    }

    @Test
    void aFrameThatBreaksTheProtocolCancelsTheCommand() {
        program.set(CommandServerTest::untilInterrupted);

        try (Caller caller = caller().hello("osctl").frame((byte) '?', new byte[0], List.of())) {
            assertThat(caller.exit()).isEqualTo(Exits.of(129));
        }
    }

    @Test
    void aRelayOfAnotherVersionIsToldSo() {
        try (Caller caller = caller()) {
            caller.frame(Frame.HELLO, Caller.hello(2, "osctl"), caller.standard());

            assertThat(caller.exit()).isEqualTo(Exits.of(70));
            assertThat(caller.output()).startsWith("osctl: osctl and osctld are of different versions");
        }
    }

    @Test
    void aHugeFrameIsRefusedBeforeItIsRead() {
        try (Caller broken = caller().bytes(new byte[] {-1, -1, -1, 127, 'H'});
                Caller next = caller().hello("osctl")) {
            assertThat(broken.wasHungUpOn()).isTrue();
            assertThat(next.exit()).isEqualTo(Exits.OK);
        }
    }

    @Test
    void aCommandThatBreaksEndsItsOwnSessionOnly() {
        program.set(_ -> {
            throw new IllegalStateException("a defect");
        });
        try (Caller broken = caller().hello("osctl")) {
            assertThat(broken.exit()).isEqualTo(Exits.of(70));
        }
        program.set(_ -> Exits.OK);
        try (Caller next = caller().hello("osctl")) {
            assertThat(next.exit()).isEqualTo(Exits.OK);
        }
    }
}
