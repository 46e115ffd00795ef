package berth.osctld.server;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.ExitStatus;
import berth.linux.process.Signal;
import berth.osctld.output.RawText;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CommandServerTest {
    private final BlockingQueue<Optional<Channel>> connections = new LinkedBlockingQueue<>();
    private final AtomicReference<Program> program = new AtomicReference<>(_ -> Exits.OK);
    private final CommandServer server = new CommandServer(
            new FakeListener(connections), session -> program.get().run(session), new NoStreams(), 8);
    private final Thread serving = Thread.ofPlatform().start(server::serve);

    private record FakeListener(BlockingQueue<Optional<Channel>> connections) implements Listener {
        @Override
        public Optional<Channel> accept() {
            try {
                return connections.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            connections.add(Optional.empty());
        }
    }

    private static final class NoStreams implements DescriptorStreams {
        @Override
        public InputStream reader(Fd fd) {
            return InputStream.nullInputStream();
        }

        @Override
        public OutputStream writer(Fd fd) {
            return OutputStream.nullOutputStream();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
        serving.join();
    }

    private FakeChannel connect() {
        FakeChannel channel = new FakeChannel();
        connections.add(Optional.of(channel));
        return channel;
    }

    private static byte[] exit(int status, int signal) {
        return new Frame(Frame.EXIT, new byte[] {(byte) status, (byte) signal}).bytes();
    }

    private static void await(BooleanCondition condition) throws InterruptedException {
        while (!condition.holds()) {
            Thread.sleep(1);
        }
    }

    private interface BooleanCondition {
        boolean holds();
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
        AtomicReference<Invocation> seen = new AtomicReference<>();
        program.set(session -> {
            seen.set(session.invocation());
            return Exits.of(3);
        });

        FakeChannel channel = connect().hello("/usr/bin/ct", "exec", "b\u00FFd");
        await(() -> channel.sent().length > 0);

        assertThat(channel.sent()).isEqualTo(exit(3, 0));
        assertThat(seen.get().name()).isEqualTo("ct");
        assertThat(seen.get().directory()).isEqualTo("/root");
        assertThat(seen.get().environment()).containsEntry("TERM", "xterm");
        assertThat(seen.get().terminals()).containsExactly(StandardStream.STDOUT);
        assertThat(seen.get().window()).isEqualTo(new WindowSize(24, 80));
        assertThat(RawText.encode(seen.get().arguments().get(1))).containsExactly('b', 0xFF, 'd');
    }

    @Test
    void descriptorsAreClosedBeforeTheCallerIsTold() throws InterruptedException {
        FakeChannel channel = connect().hello("osctl");
        await(() -> channel.sent().length > 0);

        assertThat(channel.hasClosedDescriptors()).isTrue();
    }

    @Test
    void aHelloMayArriveInSingleBytes() throws InterruptedException {
        FakeChannel whole = new FakeChannel();
        byte[] hello = new Frame(Frame.HELLO, FakeChannel.hello(1, "osctl")).bytes();
        FakeChannel channel = connect();
        channel.piece(new byte[] {hello[0]}, Fd.own(1_000_000), Fd.own(1_000_000), Fd.own(1_000_000));
        for (int i = 1; i < hello.length; i++) {
            channel.piece(new byte[] {hello[i]});
        }
        await(() -> channel.sent().length > 0);

        assertThat(channel.sent()).isEqualTo(exit(0, 0));
        assertThat(whole.sent()).isEmpty();
    }

    @Test
    void anInterruptCancelsTheCommand() throws InterruptedException {
        program.set(CommandServerTest::untilInterrupted);

        FakeChannel channel = connect().hello("osctl").frame(Frame.SIGNAL, new byte[] {2});
        await(() -> channel.sent().length > 0);

        assertThat(channel.sent()).isEqualTo(exit(130, 0));
    }

    @Test
    void aCallerThatIsGoneHangsTheCommandUp() throws InterruptedException {
        AtomicReference<Optional<Signal>> seen = new AtomicReference<>(Optional.empty());
        program.set(session -> {
            ExitStatus status = untilInterrupted(session);
            seen.set(session.signals().cancelledBy());
            return status;
        });

        connect().hello("osctl").end();
        await(() -> seen.get().isPresent());

        assertThat(seen.get()).contains(Signal.HUP);
    }

    @Test
    void aCommandMayTakeSignalsAndWindowSizesItself() throws InterruptedException {
        BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        CountDownLatch ready = new CountDownLatch(1);
        program.set(session -> {
            try (var signals = session.signals().handle(seen::add);
                    var sizes = session.signals().onResize(seen::add)) {
                ready.countDown();
                Object first = seen.take();
                Object second = seen.take();
                return first == Signal.INT && second.equals(new WindowSize(50, 200)) && signals != sizes
                        ? Exits.of(9)
                        : Exits.of(1);
            } catch (InterruptedException e) {
                return Exits.of(2);
            }
        });

        FakeChannel channel = connect().hello("osctl");
        ready.await();
        channel.frame(Frame.SIGNAL, new byte[] {2}).frame(Frame.WINDOW, new byte[] {50, 0, (byte) 200, 0});
        await(() -> channel.sent().length > 0);

        assertThat(channel.sent()).isEqualTo(exit(9, 0));
    }

    @Test
    void theRelayOpensFilesWithItsOwnRights() throws InterruptedException {
        AtomicReference<String> result = new AtomicReference<>("");
        program.set(session -> {
            try (Fd fd = session.openForReading("a.tar")) {
                result.set("opened " + fd.isOpen());
            }
            try (Fd fd = session.openForReading("b.tar")) {
                result.set("opened " + fd);
            } catch (KernelException e) {
                result.set(result.get() + ", then " + e.getMessage());
            }
            return Exits.OK;
        });

        FakeChannel channel = connect().hello("osctl");
        await(() -> channel.sent().length == 5 + 8 + 6);
        channel.frame(Frame.OPENED, new byte[4], Fd.own(1_000_000));
        await(() -> channel.sent().length == 2 * (5 + 8 + 6));
        channel.frame(Frame.OPENED, new byte[] {13, 0, 0, 0});
        await(() -> channel.sent().length > 2 * (5 + 8 + 6));

        assertThat(result.get()).isEqualTo("opened true, then open 'b.tar': permission denied (EACCES)");
    }

    @Test
    void aFrameThatBreaksTheProtocolCancelsTheCommand() throws InterruptedException {
        program.set(CommandServerTest::untilInterrupted);

        FakeChannel channel = connect().hello("osctl").frame((byte) '?', new byte[0]);
        await(() -> channel.sent().length > 0);

        assertThat(channel.sent()).isEqualTo(exit(129, 0));
    }

    @Test
    void aHelloOfAnotherVersionIsRefused() throws InterruptedException {
        FakeChannel channel = connect();
        channel.frame(
                Frame.HELLO,
                FakeChannel.hello(2, "osctl"),
                Fd.own(1_000_000),
                Fd.own(1_000_000),
                Fd.own(1_000_000));
        await(() -> channel.sent().length > 0);

        assertThat(channel.sent()).isEqualTo(exit(70, 0));
    }

    @Test
    void aHugeFrameIsRefusedBeforeItIsRead() throws InterruptedException {
        FakeChannel broken = connect().piece(new byte[] {-1, -1, -1, 127, 'H'});
        FakeChannel next = connect().hello("osctl");
        await(() -> next.sent().length > 0);

        assertThat(broken.sent()).isEmpty();
        assertThat(next.sent()).isEqualTo(exit(0, 0));
    }

    @Test
    void aCommandThatBreaksEndsItsOwnSessionOnly() throws InterruptedException {
        program.set(_ -> {
            throw new IllegalStateException("a defect");
        });
        FakeChannel broken = connect().hello("osctl");
        await(() -> broken.sent().length > 0);
        program.set(_ -> Exits.OK);
        FakeChannel next = connect().hello("osctl");
        await(() -> next.sent().length > 0);

        assertThat(broken.sent()).isEqualTo(exit(70, 0));
        assertThat(next.sent()).isEqualTo(exit(0, 0));
    }
}
