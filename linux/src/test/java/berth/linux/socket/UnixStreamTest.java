package berth.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.process.Pipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixStreamTest {
    private static final int SELF = (int) ProcessHandle.current().pid();

    @TempDir
    Path dir;

    @Test
    void aConnectionCarriesBytesBothWaysAndKnowsItsPeer() throws IOException {
        Path path = dir.resolve("socket");
        try (UnixListener listener = bind(path);
                UnixStream client = UnixStream.connect(path);
                UnixStream server = listener.accept().orElseThrow()) {
            client.write("question".getBytes(StandardCharsets.UTF_8));
            assertThat(text(server)).isEqualTo("question");
            server.write("answer".getBytes(StandardCharsets.UTF_8));
            assertThat(text(client)).isEqualTo("answer");

            assertThat(server.peer().pid()).isEqualTo(SELF);
            assertThat(server.peer().uid()).isEqualTo((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void descriptorsTravelAndWorkAtTheOtherEnd() {
        List<UnixStream> ends = UnixStream.pair();
        try (UnixStream a = ends.get(0);
                UnixStream b = ends.get(1);
                Pipe pipe = Pipe.open()) {
            a.send(new byte[] {1, 2}, List.of(pipe.writer(), pipe.reader()));

            try (Message message = b.receive(10, 3)) {
                assertThat(message.data()).containsExactly(1, 2);
                assertThat(message.fds()).hasSize(2);
                message.fds().getFirst().writeFully(new byte[] {42}, 0, 1);
            }
            byte[] read = new byte[1];
            pipe.reader().read(read, 0, 1);
            assertThat(read).containsExactly(42);
        }
    }

    @Test
    void asManyDescriptorsAsTheKernelTakesTravelAtOnce() {
        List<UnixStream> ends = UnixStream.pair();
        try (UnixStream a = ends.get(0);
                UnixStream b = ends.get(1)) {
            a.send(new byte[1], Collections.nCopies(UnixStream.MAX_FDS, a.fd()));

            try (Message message = b.receive(1, UnixStream.MAX_FDS)) {
                assertThat(message.fds()).hasSize(UnixStream.MAX_FDS);
            }
        }
    }

    @Test
    void moreDescriptorsThanWantedAreRefusedAndClosed() throws IOException {
        List<UnixStream> ends = UnixStream.pair();
        try (UnixStream a = ends.get(0);
                UnixStream b = ends.get(1)) {
            a.send(new byte[1], Collections.nCopies(9, a.fd()));
            long before = openDescriptors();

            assertThatThrownBy(() -> b.receive(1, 2))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            e -> assertThat(e.is(Errno.EMSGSIZE)).isTrue());

            assertThat(openDescriptors()).isEqualTo(before);
        }
    }

    @Test
    void theEndOfTheStreamIsAnEmptyMessage() {
        List<UnixStream> ends = UnixStream.pair();
        try (UnixStream a = ends.get(0);
                UnixStream b = ends.get(1)) {
            a.write(new byte[1]);
            assertThat(b.isHungUp()).isFalse();
            a.shutdownOutput();

            assertThat(b.isHungUp()).isTrue();
            assertThat(b.receive(10, 0).isEnd()).isFalse();
            assertThat(b.receive(10, 0).isEnd()).isTrue();
        }
    }

    @Test
    void aShutdownWakesAReader() {
        List<UnixStream> ends = UnixStream.pair();
        try (UnixStream a = ends.get(0);
                UnixStream b = ends.get(1)) {
            CompletableFuture<Integer> reader =
                    CompletableFuture.supplyAsync(() -> b.read(new byte[1], 0, 1), Thread.ofPlatform()::start);

            b.shutdown();

            assertThat(reader.join()).isEqualTo(-1);
            assertThat(a.isHungUp()).isTrue();
        }
    }

    @Test
    void writingToAPeerThatIsGoneIsABrokenPipe() {
        List<UnixStream> ends = UnixStream.pair();
        ends.get(1).close();
        try (UnixStream a = ends.get(0)) {
            OutputStream out = FdStreams.output(a.fd());

            assertThatThrownBy(() -> out.write(1)).isInstanceOf(BrokenPipe.class);
            assertThatThrownBy(() -> a.write(new byte[1])).isInstanceOf(KernelException.class);
        }
    }

    @Test
    void streamsOverADescriptorGiveAllBytesAndLeaveItOpen() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            byte[] sent = new byte[200_000];
            new java.util.Random(1).nextBytes(sent);
            Thread writer = Thread.ofPlatform().start(() -> {
                try (OutputStream out = FdStreams.output(pipe.writer())) {
                    out.write(sent);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                pipe.writer().close();
            });

            try (InputStream in = FdStreams.input(pipe.reader())) {
                assertThat(in.readAllBytes()).isEqualTo(sent);
            }
            assertThat(pipe.reader().isOpen()).isTrue();
            assertThat(writer).isNotNull();
        }
    }

    @Test
    void aNonBlockingDescriptorIsWaitedFor() {
        long setFlags = 4;
        long nonBlocking = 04000;
        try (Pipe pipe = Pipe.open()) {
            berth.linux.Libc.syscall(berth.linux.Libc.SYS_FCNTL, pipe.reader().number(), setFlags, nonBlocking);
            CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(
                    () -> pipe.reader().read(new byte[1], 0, 1), Thread.ofPlatform()::start);

            pipe.writer().writeFully(new byte[1], 0, 1);

            assertThat(reader.join()).isEqualTo(1);
        }
    }

    @Test
    void aSocketSomebodyListensAtIsNotTaken() {
        Path path = dir.resolve("socket");
        try (UnixListener first = bind(path)) {
            assertThatThrownBy(() -> bind(path))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            e -> assertThat(e.is(Errno.EADDRINUSE)).isTrue());
            assertThat(first.path()).exists();
        }
    }

    @Test
    void aSocketLeftByADeadProcessIsReplaced() {
        Path path = dir.resolve("socket");
        UnixListener dead = bind(path);
        dead.fd().close();

        try (UnixListener next = bind(path);
                UnixStream client = UnixStream.connect(path)) {
            assertThat(next.accept(Duration.ofSeconds(30))).isPresent();
            assertThat(client.fd().isOpen()).isTrue();
        }
    }

    @Test
    void aFileThatIsNoSocketIsNeverRemoved() throws IOException {
        Path path = Files.writeString(dir.resolve("precious"), "data");

        assertThatThrownBy(() -> bind(path)).isInstanceOf(KernelException.class);

        assertThat(path).hasContent("data");
    }

    @Test
    void aListenerDoesNotRemoveTheSocketOfItsSuccessor() throws IOException {
        Path path = dir.resolve("socket");
        UnixListener first = bind(path);
        Files.move(path, dir.resolve("elsewhere"));
        try (UnixListener second = bind(path)) {
            first.close();

            assertThat(second.path()).exists();
        }
    }

    @Test
    void aPathLongerThanASocketsAddressWorks() throws IOException {
        Path deep = Files.createDirectories(dir.resolve("d".repeat(100)).resolve("e".repeat(100)));
        try (UnixListener listener = bind(deep.resolve("socket"));
                UnixStream client = UnixStream.connect(deep.resolve("socket"))) {
            assertThat(listener.accept(Duration.ofSeconds(30))).isPresent();
            assertThat(client.peer().pid()).isEqualTo(SELF);
        }
    }

    @Test
    void closingAListenerWakesWhoWaits() {
        UnixListener listener = bind(dir.resolve("socket"));
        CompletableFuture<Optional<UnixStream>> waiting =
                CompletableFuture.supplyAsync(listener::accept, Thread.ofPlatform()::start);

        listener.close();

        assertThat(waiting.join()).isEmpty();
    }

    @Test
    void anAbstractNameWhereNobodyListensIsRefused() {
        assertThatThrownBy(() -> UnixStream.connectAbstract("berth-test-nobody"))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.ECONNREFUSED)).isTrue())
                .hasMessageContaining("@berth-test-nobody");
    }

    private static UnixListener bind(Path path) {
        return UnixListener.bind(path, 0660, -1, -1);
    }

    private static String text(UnixStream stream) {
        byte[] buffer = new byte[100];
        int n = stream.read(buffer, 0, buffer.length);
        return new String(buffer, 0, n, StandardCharsets.UTF_8);
    }

    private static long openDescriptors() throws IOException {
        try (var fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.count();
        }
    }
}
