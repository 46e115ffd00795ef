package berth.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.image.ContentList;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChunksTest {
    private static final byte[] TEXT = "what a file holds".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path root;

    private Directory directory;
    private Chunks chunks;
    private ContentList.Chunk kept;

    @BeforeEach
    void oneIsKept() throws IOException {
        Files.createDirectories(root.resolve("chunks"));
        Files.createDirectories(root.resolve("incoming"));
        directory = Directory.open(root, Resolution.BENEATH);
        chunks = new Chunks(directory, "incoming", new FormerListing(null));
        kept = chunks.keep(new ByteArrayInputStream(TEXT), TEXT.length).getFirst();
        chunks.commit();
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private Path file() {
        return root.resolve("chunks").resolve(kept.hash().substring(0, 2)).resolve(kept.hash());
    }

    @Test
    void whatIsKeptIsReadAgain() {
        assertThat(chunks.read(kept)).hasValue(TEXT);
    }

    @Test
    void aDamagedOneIsSetAside() throws IOException {
        Files.writeString(file(), "anything else");

        chunks.setAside(kept.hash());

        assertThat(file()).doesNotExist();
        assertThat(file().resolveSibling(kept.hash() + ".damaged")).exists();
    }

    @Test
    void aWrongLengthInAListCostsNobodyTheChunk() {
        assertThat(chunks.read(new ContentList.Chunk(kept.hash(), TEXT.length - 1)))
                .isEmpty();

        chunks.setAside(kept.hash());

        assertThat(chunks.read(kept)).hasValue(TEXT);
    }
}
