package berth.linux.netlink;

import berth.linux.Fd;
import berth.linux.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A network namespace without a name: it is gone, with all links in it, when the descriptors of it are closed. */
final class TestNetwork implements AutoCloseable {
    private static final long SYS_UNSHARE = 272;
    private static final long CLONE_NEWNET = 0x40000000;

    private final Fd namespace;
    private final RouteSocket socket;

    TestNetwork() {
        this.namespace = create();
        this.socket = RouteSocket.inNamespace(namespace);
    }

    Fd namespace() {
        return namespace;
    }

    RouteSocket socket() {
        return socket;
    }

    Link link(String name) {
        return socket.link(LinkId.of(name)).orElseThrow();
    }

    /** What a program prints that runs in the namespace. */
    String run(String... command) {
        List<String> all = new ArrayList<>(List.of(
                "/usr/bin/nsenter", "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.number()));
        all.addAll(List.of(command));
        try {
            Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Runs {@code nft} in the namespace on this text. */
    void nft(String script) {
        run("/bin/sh", "-c", "nft -f - <<'END'\n" + script + "\nEND");
    }

    @Override
    public void close() {
        socket.close();
        namespace.close();
    }

    private static Fd create() {
        CompletableFuture<Fd> made = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                Libc.check(Libc.syscall(SYS_UNSHARE, CLONE_NEWNET), "unshare", "CLONE_NEWNET");
                made.complete(Fd.openForReading(Path.of("/proc/thread-self/ns/net")));
            } catch (Throwable e) {
                made.completeExceptionally(e);
            }
        });
        return made.join();
    }
}
