package berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    private static final int NOBODY = Integer.MAX_VALUE;
    private static final int SELF = (int) ProcessHandle.current().pid();

    @Test
    void aChildIsFoundAndDescribed() {
        try (Child child = Spawner.spawn(Command.of("/bin/sleep", "600"))) {
            assertThat(Processes.children(SELF)).contains(child.pid());
            assertThat(Processes.parent(child.pid())).hasValue(SELF);
            assertThat(Processes.comm(child.pid())).contains("sleep");
            assertThat(Processes.commandLine(child.pid())).containsExactly("/bin/sleep", "600");
            assertThat(Processes.namespacePids(child.pid()).getFirst()).isEqualTo(child.pid());
            assertThat(Processes.uid(child.pid())).isEqualTo(Processes.uid(SELF));
            assertThat(Processes.startTime(child.pid()).orElseThrow())
                    .isGreaterThanOrEqualTo(Processes.startTime(SELF).orElseThrow());
            assertThat(Processes.isZombie(child.pid())).isFalse();

            child.signal(Signal.KILL);
            child.pidfd().awaitExit();

            assertThat(Processes.isZombie(child.pid())).isTrue();
            assertThat(Processes.commandLine(child.pid())).isEmpty();
        }
    }

    @Test
    void ofAProcessThatIsNotThereNothingIsKnown() {
        assertThat(Processes.children(NOBODY)).isEmpty();
        assertThat(Processes.comm(NOBODY)).isEmpty();
        assertThat(Processes.startTime(NOBODY)).isEmpty();
        assertThat(Processes.uid(NOBODY)).isEmpty();
        assertThat(Processes.namespacePids(NOBODY)).isEmpty();
        assertThat(Pidfd.open(NOBODY)).isEmpty();
    }

    @Test
    void aStrangersEndIsSeenThroughItsDescriptor() {
        try (Child child = Spawner.spawn(Command.of("/bin/sleep", "600"));
                Pidfd process = Pidfd.open(child.pid()).orElseThrow()) {
            assertThat(process.isExited()).isFalse();
            assertThat(process.signal(Signal.KILL)).isTrue();
            process.awaitExit();

            assertThat(child.await().signal()).isEqualTo(9);
            assertThat(process.isExited()).isTrue();
            assertThat(process.signal(Signal.KILL)).isFalse();
        }
    }

    @Test
    @Tag("root")
    void workInAnotherNetworkSeesItsInterfacesAndTheCallerStaysWhereItWas() throws Exception {
        try (Child other =
                Spawner.spawn(Command.of("/usr/bin/unshare", "--net", "--mount", "--uts", "/bin/sleep", "600"))) {
            Path ours = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
            while (Processes.comm(other.pid()).filter("sleep"::equals).isEmpty()) {
                Thread.onSpinWait();
            }
            Map<NamespaceKind, Fd> namespaces = new EnumMap<>(NamespaceKind.class);
            for (NamespaceKind kind : NamespaceKind.values()) {
                namespaces.put(kind, kind.of(other.pid()));
            }

            Path theirs = NamespaceThread.call(namespaces, ProcessesTest::networkNamespace);

            assertThat(theirs).isEqualTo(Files.readSymbolicLink(Path.of("/proc/" + other.pid() + "/ns/net")));
            assertThat(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")))
                    .isEqualTo(ours);
            namespaces.values().forEach(Fd::close);
            other.signal(Signal.KILL);
            other.await();
        }
    }

    private static Path networkNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
