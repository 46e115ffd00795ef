package berth.engine.repository;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.BerthException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever a server answers, reading an index ends with what it lists or with an error that says why. */
class IndexFuzzTest {
    private static final int ATTEMPTS = 2000 * Integer.getInteger("berth.fuzz", 1);
    private static final String HASH = "a".repeat(64);

    private static final String BERTH = """
            c2lnbmF0dXJl
            {"format":2,"serial":7,"images":[{"vendor":"default","variant":"default","arch":"amd64","distribution":"debian",
            "version":"12","tags":["stable"],"layers":[{"image":"%s","file":"a/b.tar.zst","size":12,"sha256":"%s"}]}]}""".formatted(HASH, HASH);
    private static final String STREAMS = """
            {"index":{"images":{"datatype":"image-downloads","path":"streams/v1/images.json"}}}""";
    private static final String PRODUCTS = """
            {"products":{"debian:12:amd64:default":{"aliases":"debian/12/default","arch":"amd64","os":"Debian","release":"12",
            "release_title":"12","variant":"default","versions":{"2026":{"items":{"root.tar.xz":{"ftype":"root.tar.xz",
            "path":"images/root","sha256":"%s","size":3}}}}}}}""".formatted(HASH);
    private static final String VPSADMINOS = """
            {"images":[{"vendor":"default","variant":"minimal","arch":"x86_64","distribution":"debian","version":"12",
            "tags":["latest"],"image":{"tar":"default/image.tar"}}]}""";

    private static final List<String> PIECES = List.of(
            "null",
            "{}",
            "[]",
            "-1",
            "1e400",
            "9223372036854775808",
            "\"\"",
            "\"../../x\"",
            "\"file:///etc/passwd\"",
            "\\u0000",
            ",",
            ":");

    /** Changes a document at random, the same for the same number. */
    private static byte[] changed(String document, int number) {
        Random random = new Random(number);
        StringBuilder text = new StringBuilder(document);
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes && text.length() > 2; i++) {
            int at = random.nextInt(text.length() - 1);
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, (char) (32 + random.nextInt(90)));
                case 1 -> text.delete(at, end);
                case 2 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                default -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Repository repository(Repository.Kind kind) {
        return new Repository("acme", kind, URI.create("http://127.0.0.1/"), Optional.empty(), false);
    }

    private static IndexDocument documents(Map<String, byte[]> files) {
        return path -> {
            byte[] file = files.get(path);
            if (file == null) {
                throw new IOException("there is no " + path);
            }
            return file;
        };
    }

    /** What reads an index. */
    private interface Reading {
        List<RemoteImage> images() throws IOException;
    }

    private static void attempt(Reading reading) {
        try {
            assertThat(reading.images())
                    .allSatisfy(image -> assertThat(image.layers())
                            .allSatisfy(
                                    layer -> assertThat(layer.file().address().toString())
                                            .startsWith("http://127.0.0.1/")
                                            .doesNotContain("/../")));
        } catch (BerthException | IOException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Test
    void anIndexOfBerthsOwn() {
        Repository repository = repository(Repository.Kind.BERTH);
        assertThat(IntStream.range(0, ATTEMPTS).boxed())
                .allSatisfy(i ->
                        attempt(() -> BerthIndex.read(repository, documents(Map.of(BerthIndex.FILE, changed(BERTH, i))))
                                .offered(repository)));
    }

    @Test
    void simplestreams() {
        Repository repository = repository(Repository.Kind.SIMPLESTREAMS);
        assertThat(IntStream.range(0, ATTEMPTS).boxed())
                .allSatisfy(i -> attempt(() -> Simplestreams.read(
                        repository,
                        documents(Map.of(
                                "streams/v1/index.json",
                                changed(STREAMS, i),
                                "streams/v1/images.json",
                                changed(PRODUCTS, i))))));
    }

    @Test
    void simplestreamsWithAGoodIndex() {
        Repository repository = repository(Repository.Kind.SIMPLESTREAMS);
        assertThat(IntStream.range(0, ATTEMPTS).boxed())
                .allSatisfy(i -> attempt(() -> Simplestreams.read(
                        repository,
                        documents(Map.of(
                                "streams/v1/index.json",
                                STREAMS.getBytes(StandardCharsets.UTF_8),
                                "streams/v1/images.json",
                                changed(PRODUCTS, i))))));
    }

    @Test
    void vpsAdminOs() {
        Repository repository = repository(Repository.Kind.VPSADMINOS);
        assertThat(IntStream.range(0, ATTEMPTS).boxed())
                .allSatisfy(i -> attempt(() ->
                        VpsAdminOsIndex.read(repository, documents(Map.of("v1/INDEX.json", changed(VPSADMINOS, i))))));
    }
}
