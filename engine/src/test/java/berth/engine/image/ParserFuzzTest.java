package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.BerthException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Archives of each format, changed at random from fixed seeds: each parser reads one to its end or says what is wrong with it,
 * and never fails in another way. {@code -Dberth.fuzz=N} tries N times as many.
 */
@Tag("root")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ParserFuzzTest {
    private static final int ATTEMPTS = 200 * Integer.getInteger("berth.fuzz", 1);
    private static final long MAX_SIZE = 1 << 24;
    /** More than any seed has: what references in a circle yield more of, the writer refuses. */
    private static final int MAX_ENTRIES = 2000;

    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cpio -o",
                "cpio -o -H odc",
                "cpio -o -H newc",
                "cpio -o -H crc",
                "tar -c --no-recursion --null -T -",
                "tar -c --format=pax --xattrs --sparse --no-recursion --null -T -"
            })
    void streams(String packer) throws IOException {
        SampleTree.makeRich(scratch.resolve("tree"));
        String list = packer.startsWith("cpio") ? "find . -print" : "find . -print0";
        assertSurvives(SampleTree.shell(scratch.resolve("tree"), "cpio", list + " | " + packer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "bzip2"})
    void compressedStreams(String compressor) throws IOException {
        SampleTree.make(scratch.resolve("tree"));
        assertSurvives(SampleTree.shell(scratch, "tar", "tar -c -C tree . | " + compressor));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "xz",
                "zstd",
                "lz4",
                "lzo",
                "lzma",
                "gzip -noI -noD -noF -noX",
                "gzip -no-fragments -b 4096"
            })
    void squashfs(String compression) throws IOException {
        SampleTree.makeRich(scratch.resolve("tree"));
        SampleTree.shell(
                scratch, "mksquashfs", "mksquashfs tree sample -quiet -no-progress -nopad -comp " + compression);
        assertSurvives(Files.readAllBytes(scratch.resolve("sample")));
    }

    @Test
    void documentsOfOciImages() throws IOException {
        Path layout = new OciBytes(scratch.resolve("oci"))
                .layer(new TarBytes().directory("etc").file("etc/.wh.x", ""))
                .image("x", "amd64")
                .finish();
        byte[] seed = Files.readAllBytes(layout.resolve("index.json"));
        assertThat(IntStream.range(0, ATTEMPTS).boxed()).allSatisfy(i -> attemptIndex(layout, Mutation.of(seed, i)));
    }

    private void assertSurvives(byte[] seed) {
        assertThat(entries(seed)).isPositive();
        assertThat(IntStream.range(0, ATTEMPTS).boxed()).allSatisfy(i -> attempt(Mutation.of(seed, i)));
    }

    private void attempt(byte[] archive) {
        try {
            entries(archive);
        } catch (BerthException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private int entries(byte[] archive) {
        byte[] buffer = new byte[1 << 16];
        int entries = 0;
        try (ArchiveReader reader = new Archives(scratch, MAX_SIZE).open(new ByteArrayInputStream(archive))) {
            for (var entry = reader.next(); entry.isPresent() && entries < MAX_ENTRIES; entry = reader.next()) {
                entries++;
                long left = MAX_SIZE;
                for (int n = 0; n >= 0 && left > 0; n = reader.read(buffer, 0, buffer.length)) {
                    left -= n;
                }
            }
        } catch (IOException e) {
            assertThat(Unpacker.broken(e).getMessage()).isNotBlank().doesNotContain("null");
        }
        scratch.resolve("archive").toFile().delete();
        return entries;
    }

    private void attemptIndex(Path layout, byte[] index) {
        try (Directory directory = Directory.open(layout, Resolution.IN_ROOT)) {
            Files.write(layout.resolve("index.json"), index);
            new OciImage(directory, new Notes()).layersOfLayout();
        } catch (BerthException | IOException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }
}
