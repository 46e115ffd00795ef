package berth.osctld.transfer;

import berth.engine.repository.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches by HTTP, through a proxy where the daemon's environment names one, and from files. Redirections lead to http and https
 * only, and never from https back to http.
 */
public final class HttpTransport implements Transport {
    private static final int MAX_REDIRECTS = 5;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

    private final Map<String, String> environment;
    private final Duration patience;
    private final ReentrantLock making = new ReentrantLock();
    /** Made with the first request: it has threads of its own, which most daemons never need. */
    private @Nullable HttpClient client;

    /**
     * @param environment where http_proxy, https_proxy and no_proxy are
     * @param patience how long a server may say nothing
     */
    public HttpTransport(Map<String, String> environment, Duration patience) {
        this.environment = Map.copyOf(environment);
        this.patience = patience;
    }

    @Override
    public Body open(URI address, long offset) throws IOException {
        if ("file".equals(address.getScheme())) {
            return openFile(Path.of(address), offset);
        }
        URI at = address;
        for (int i = 0; i <= MAX_REDIRECTS; i++) {
            HttpResponse<InputStream> response = send(at, offset);
            Optional<URI> next = redirection(at, response);
            if (next.isEmpty()) {
                return response.statusCode() == 416 ? open(at, 0) : body(at, response, offset);
            }
            response.body().close();
            at = next.get();
        }
        throw new IOException("%s redirects more than %d times".formatted(address, MAX_REDIRECTS));
    }

    private static Body openFile(Path file, long offset) throws IOException {
        try {
            long size = Files.size(file);
            InputStream stream = Files.newInputStream(file);
            stream.skipNBytes(Math.min(offset, size));
            return new Body(stream, Math.min(offset, size), size);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        }
    }

    private HttpResponse<InputStream> send(URI address, long offset) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(patience).header("User-Agent", "berth");
        if (offset > 0) {
            request.header("Range", "bytes=%d-".formatted(offset));
        }
        try {
            return client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (HttpConnectTimeoutException e) {
            throw new IOException("%s cannot be reached".formatted(address.getHost()), e);
        } catch (HttpTimeoutException e) {
            throw new IOException("%s does not answer".formatted(address.getHost()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (IOException e) {
            throw new IOException(
                    "%s cannot be reached: %s"
                            .formatted(
                                    address.getHost(),
                                    e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    e);
        }
    }

    private static Optional<URI> redirection(URI from, HttpResponse<InputStream> response) throws IOException {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 -> {
                URI to = target(from, response);
                boolean allowed = "https".equals(to.getScheme())
                        || ("http".equals(to.getScheme()) && "http".equals(from.getScheme()));
                if (!allowed || to.getHost() == null) {
                    response.body().close();
                    throw new IOException("%s redirects to %s, which is not followed".formatted(from, to));
                }
                yield Optional.of(to);
            }
            default -> Optional.empty();
        };
    }

    private static URI target(URI from, HttpResponse<InputStream> response) throws IOException {
        try {
            return from.resolve(response.headers().firstValue("Location").orElse(""));
        } catch (IllegalArgumentException e) {
            throw new IOException("%s redirects to no address".formatted(from), e);
        }
    }

    private Body body(URI address, HttpResponse<InputStream> response, long offset) throws IOException {
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        InputStream stream = new Guarded(response.body(), patience);
        if (response.statusCode() == 200) {
            return new Body(stream, 0, length);
        }
        if (response.statusCode() == 206) {
            Matcher range =
                    RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
            if (range.matches() && Long.parseLong(range.group(1)) == offset) {
                return new Body(stream, offset, length < 0 ? -1 : offset + length);
            }
            stream.close();
            throw new IOException("%s sent another part of the file than was asked for".formatted(address.getHost()));
        }
        stream.close();
        throw new IOException(
                response.statusCode() == 404
                        ? "there is no %s".formatted(address)
                        : "%s answered with status %d".formatted(address, response.statusCode()));
    }

    private HttpClient client() {
        making.lock();
        try {
            HttpClient made = client;
            if (made == null) {
                made = HttpClient.newBuilder()
                        .connectTimeout(patience)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .version(HttpClient.Version.HTTP_1_1)
                        .proxy(new EnvironmentProxies(environment))
                        .build();
                client = made;
            }
            return made;
        } finally {
            making.unlock();
        }
    }
}
