package berth.osctld.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** Serves a directory over HTTP on this machine, as well or as badly as a test wants. */
final class FileServer implements AutoCloseable {
    private final Path directory;
    private final HttpServer server;
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, String> redirects = new ConcurrentHashMap<>();
    /** After how many bytes the next answers of more break off. */
    private final Queue<Integer> breaks = new ArrayDeque<>();

    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean stalling;
    private volatile boolean rangeless;

    FileServer(Path directory) throws IOException {
        this.directory = directory;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(
                Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));
    }

    /** The paths asked for, each with the first byte of its range if it had one: {@code /x+100}. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Long answers break off after so many bytes each. */
    FileServer breakingAfter(Integer... bytes) {
        breaks.addAll(Arrays.asList(bytes));
        return this;
    }

    /** It never sends a part of a file. */
    FileServer withoutRanges() {
        rangeless = true;
        return this;
    }

    /** It sends the beginning of each long file and then nothing. */
    FileServer stalling() {
        stalling = true;
        return this;
    }

    FileServer redirecting(String path, String to) {
        redirects.put(path, to);
        return this;
    }

    @Override
    public void close() {
        released.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Optional<Integer> from = rangeless
                ? Optional.empty()
                : Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))
                        .map(range -> Integer.parseInt(range.replaceAll("\\D", "")));
        requests.add(path + from.map(f -> "+" + f).orElse(""));
        try (exchange) {
            if (redirects.containsKey(path)) {
                exchange.getResponseHeaders().set("Location", redirects.get(path));
                exchange.sendResponseHeaders(302, -1);
                return;
            }
            Path file = directory.resolve(path.substring(1));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            send(exchange, Files.readAllBytes(file), from);
        }
    }

    private void send(HttpExchange exchange, byte[] content, Optional<Integer> from) throws IOException {
        int start = from.orElse(0);
        if (start >= content.length && start > 0) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        from.ifPresent(f -> exchange.getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(f, content.length - 1, content.length)));
        int length = content.length - start;
        exchange.sendResponseHeaders(from.isPresent() ? 206 : 200, length);
        Optional<Integer> cut = length < 2000 ? Optional.empty() : nextBreak();
        OutputStream out = exchange.getResponseBody();
        out.write(content, start, cut.map(c -> Math.min(c, length)).orElse(stalling && length > 2000 ? 1000 : length));
        out.flush();
        if (stalling && length > 2000) {
            awaitRelease();
        }
        if (cut.isPresent()) {
            throw new IOException("broken off as the test wants");
        }
    }

    private Optional<Integer> nextBreak() {
        synchronized (breaks) {
            return Optional.ofNullable(breaks.poll());
        }
    }

    private void awaitRelease() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
