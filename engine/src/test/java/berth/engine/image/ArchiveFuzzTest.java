package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.BerthException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives changed at random, from fixed seeds: each is unpacked or refused, and neither touches anything outside. */
@Tag("root")
class ArchiveFuzzTest {
    private static final int ARCHIVES = 600;

    @TempDir
    Path scratch;

    @Test
    void anyArchiveIsUnpackedOrRefused() throws IOException {
        try (ImportFixture fixture = new ImportFixture(scratch)) {
            Map<String, String> before = fixture.outside();
            byte[] seed = seed(fixture.host.toString());
            assertThat(IntStream.range(0, ARCHIVES).boxed()).allSatisfy(i -> attempt(fixture, mutated(seed, i)));
            assertThat(fixture.outside()).isEqualTo(before);
            assertThat(fixture.stored()).allMatch(name -> name.length() == 64);
        }
    }

    private static void attempt(ImportFixture fixture, byte[] archive) {
        try {
            fixture.importBytes(archive, ImportRequest.of("fuzz").upTo(1 << 20));
        } catch (BerthException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private static byte[] seed(String host) {
        return new TarBytes()
                .directory("./")
                .directory("etc")
                .file("etc/passwd", "root")
                .symlink("out", host)
                .symlink("up", "../../host")
                .hardLink("again", "etc/passwd")
                .hardLink("etc/again", "../host/passwd".substring(3))
                .pax("path", TarBytes.bytes("etc/long"))
                .pax("GNU.sparse.map", TarBytes.bytes("0,2,10,2"))
                .pax("GNU.sparse.size", TarBytes.bytes("20"))
                .file("x", "abcd")
                .longName(TarBytes.bytes("out/passwd"))
                .file("y", "evil")
                .toBytes();
    }

    /** Changes bytes and numbers, mends the checksums of headers so that the change is looked at, swaps and drops blocks. */
    private static byte[] mutated(byte[] seed, int number) {
        Random random = new Random(number);
        byte[] archive = seed.clone();
        int changes = 1 + random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            int block = random.nextInt(archive.length / 512) * 512;
            switch (random.nextInt(4)) {
                case 0 -> archive[block + random.nextInt(512)] = (byte) random.nextInt(256);
                case 1 -> archive[block + 156] = (byte) "0123456SLKxgDVM".charAt(random.nextInt(15));
                case 2 ->
                    System.arraycopy(
                            "../out/up/etc/passwd".substring(random.nextInt(15)).getBytes(StandardCharsets.US_ASCII),
                            0,
                            archive,
                            block + (random.nextBoolean() ? 0 : 157),
                            5);
                default -> System.arraycopy(archive, random.nextInt(archive.length / 512) * 512, archive, block, 512);
            }
            mend(archive, block);
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(archive, random.nextInt(archive.length)) : archive;
    }

    private static void mend(byte[] archive, int block) {
        if (archive[block + 257] == 'u') {
            byte[] header = Arrays.copyOfRange(archive, block, block + 512);
            System.arraycopy(new TarBytes().header(header).unfinished(), 0, archive, block, 512);
        }
    }
}
