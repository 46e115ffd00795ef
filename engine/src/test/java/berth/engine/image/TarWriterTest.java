package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.FileName;
import berth.linux.file.Resolution;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image that is exported is the same image wherever it arrives. */
@Tag("root")
class TarWriterTest {
    @TempDir
    Path scratch;

    private ImportFixture fixture;
    private Path tree;

    @BeforeEach
    void aTreeOfEverything() throws IOException {
        fixture = new ImportFixture(scratch);
        tree = SampleTree.makeRich(scratch.resolve("rich"));
        try (Directory root = Directory.open(tree, Resolution.BENEATH)) {
            String deep = "etc/" + "long-".repeat(30);
            root.createDirectory(deep, 0755);
            root.create(deep + "/" + "name".repeat(60), 0644).close();
            root.symlink("/" + "target/".repeat(50), deep + "/link");
            root.create("etc/" + FileName.decode(new byte[] {'n', (byte) 0xff, (byte) 0xe4}), 0600)
                    .close();
        }
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatIsExportedImportsAsTheSameImage() throws IOException {
        Image image = SampleTree.importDirectory(fixture, tree).image();
        byte[] archive = export(image);
        fixture.images().delete(image.id());
        Imported again = fixture.importBytes(archive);
        assertThat(again.outcome()).isEqualTo(Imported.Outcome.ADDED);
        assertThat(again.image().id()).isEqualTo(image.id());
    }

    @Test
    void otherProgramsReadWhatIsExported() throws IOException {
        Image image = SampleTree.importDirectory(fixture, tree).image();
        Files.write(scratch.resolve("image.tar"), export(image));
        String listed = new String(SampleTree.shell(scratch, "tar", "tar -tvf image.tar"), StandardCharsets.ISO_8859_1);
        assertThat(listed).contains("./bin/sh", "link to bin/", "prw-------", "name".repeat(60), "target/".repeat(50));
    }

    private byte[] export(Image image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fixture.images().export(image, out, Progress.none());
        return out.toByteArray();
    }
}
