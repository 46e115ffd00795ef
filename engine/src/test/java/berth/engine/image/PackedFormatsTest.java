package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One tree is one image, whichever program packed it in whichever format. */
@Tag("root")
class PackedFormatsTest {
    private static final String METADATA =
            "architecture: x86_64\\ncreation_date: 1700000000\\nproperties:\\n  os: Sample\\n  release: sid\\n";

    @TempDir
    Path scratch;

    private ImportFixture fixture;
    private Path tree;

    @BeforeEach
    void aPoolAndATree() throws IOException {
        fixture = new ImportFixture(scratch);
        tree = SampleTree.make(scratch.resolve("minimal"));
    }

    @AfterEach
    void nothingIsLeftOfWhatWasNotKept() {
        assertThat(fixture.stored()).allMatch(name -> name.length() == 64);
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bin", "odc", "newc", "crc"})
    void everyKindOfCpioArchiveIsTheTreeItself(String kind) {
        byte[] archive = SampleTree.shell(scratch, "cpio", "find minimal -print | cpio --quiet -o -H " + kind);
        assertThat(fixture.importBytes(archive).image().id()).isEqualTo(SampleTree.id(fixture, tree));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bzip2", "gzip", "xz", "zstd", "cat"})
    void aCompressedCpioArchiveIsTheTreeItself(String compressor) {
        byte[] archive = SampleTree.shell(scratch, "cpio", "find minimal -print | cpio --quiet -o | " + compressor);
        assertThat(fixture.importBytes(archive).image().id()).isEqualTo(SampleTree.id(fixture, tree));
    }

    @Test
    void aCpioArchiveOfAnotherByteOrderIsRead() {
        byte[] archive = SampleTree.shell(scratch, "cpio", "find minimal -print | cpio --quiet -o");
        byte[] swapped = archive.clone();
        swapHeaders(swapped, 0);
        assertThat(swapped).startsWith(0x71, 0xc7);
        assertThat(fixture.importBytes(swapped).image().id()).isEqualTo(SampleTree.id(fixture, tree));
    }

    @Test
    void aChecksumThatIsWrongIsNoticed() {
        byte[] archive = SampleTree.shell(scratch, "cpio", "find minimal -print | cpio --quiet -o -H crc");
        archive[archive.length / 2] ^= 1;
        assertThatThrownBy(() -> fixture.importBytes(archive)).hasMessageContaining("checksum");
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
                "gzip -b 4096",
                "gzip -noI -noD -noF -noX",
                "gzip -no-fragments"
            })
    void everySquashfsIsTheTreeItself(String compression) throws IOException {
        Path rich = SampleTree.makeRich(scratch.resolve("rich"));
        SampleTree.shell(
                scratch, "mksquashfs", "mksquashfs rich image.squashfs -quiet -no-progress -comp " + compression);
        byte[] archive = Files.readAllBytes(scratch.resolve("image.squashfs"));
        assertThat(fixture.importBytes(archive).image().id()).isEqualTo(SampleTree.id(fixture, rich));
    }

    @Test
    void aSquashfsWithManyFilesIsTheTreeItself() {
        SampleTree.shell(
                scratch,
                "mksquashfs",
                "mkdir minimal/many; for i in {1..3000}; do echo $i > minimal/many/a-rather-long-name-$i; done;"
                        + " mksquashfs minimal image.squashfs -quiet -no-progress");
        byte[] archive = SampleTree.shell(scratch, "cat", "cat image.squashfs");
        assertThat(fixture.importBytes(archive).image().id()).isEqualTo(SampleTree.id(fixture, tree));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4", "lz4 -Xhc", "lzo", "lzo -Xalgorithm lzo1x_1", "lzo -b 1M", "lzma", "lzma -b 1M"})
    void aSquashfsOfProgramsIsTheTreeItself(String compression) {
        SampleTree.shell(
                scratch,
                "mksquashfs",
                "cp /bin/bash minimal/; seq 100000 > minimal/numbers; head -c 300000 /dev/zero > minimal/zeros;"
                        + " mksquashfs minimal image.squashfs -quiet -no-progress -comp " + compression);
        byte[] archive = SampleTree.shell(scratch, "cat", "cat image.squashfs");
        assertThat(fixture.importBytes(archive).image().id()).isEqualTo(SampleTree.id(fixture, tree));
    }

    @Test
    void aUnifiedImageOfLxdIsItsRootfs() {
        byte[] archive = SampleTree.shell(
                scratch,
                "tar",
                "printf '%s' > metadata.yaml; mkdir templates; mv minimal rootfs; tar -c metadata.yaml templates rootfs; mv rootfs minimal"
                        .formatted(METADATA));
        Imported imported = fixture.importBytes(archive);
        assertThat(imported.image().id()).isEqualTo(SampleTree.id(fixture, tree));
        assertThat(imported.image().distribution()).isEqualTo("sample");
    }

    @Test
    void whatOsReleaseDoesNotSayIsTakenFromTheMetadataOfLxd() throws IOException {
        Files.delete(tree.resolve("etc/os-release"));
        byte[] metadata = SampleTree.shell(
                scratch, "tar", "printf '%s' > metadata.yaml; tar -cJ metadata.yaml".formatted(METADATA));
        byte[] rootfs = SampleTree.shell(scratch, "tar", "tar -cz -C minimal .");
        Imported imported = importSplit(metadata, rootfs);
        assertThat(imported.image().id()).isEqualTo(SampleTree.id(fixture, tree));
        assertThat(imported.image().distribution()).isEqualTo("sample");
        assertThat(imported.image().version()).isEqualTo("sid");
    }

    @Test
    void aSplitImageOfLxdMayHaveASquashfs() {
        byte[] metadata = SampleTree.shell(
                scratch, "tar", "printf '%s' > metadata.yaml; tar -cJ metadata.yaml".formatted(METADATA));
        byte[] rootfs = SampleTree.shell(
                scratch,
                "mksquashfs",
                "mksquashfs minimal sample.img -quiet -no-progress -comp xz >&2; cat sample.img");
        assertThat(importSplit(metadata, rootfs).image().id()).isEqualTo(SampleTree.id(fixture, tree));
    }

    @Test
    void theArchivesOfASplitImageInTheWrongOrderAreRefused() {
        byte[] rootfs = SampleTree.shell(scratch, "tar", "tar -cz -C minimal .");
        assertThatThrownBy(() -> importSplit(rootfs, rootfs))
                .hasMessageContaining("metadata.yaml")
                .extracting(e -> ((BerthException) e).code())
                .isEqualTo(ErrorCode.UNTRUSTED);
    }

    @Test
    void anArchiveOfVpsAdminOsIsItsRootDataset() {
        byte[] archive = SampleTree.shell(scratch, "tar", """
                mkdir -p x/rootfs x/config
                printf 'type: full\\nformat: tar\\ndatasets: []\\n' > x/metadata.yml
                tar -cz -C minimal . > x/rootfs/base.tar.gz
                tar -c -C x metadata.yml config rootfs""");
        assertThat(fixture.importBytes(archive).image().id()).isEqualTo(SampleTree.id(fixture, tree));
    }

    @Test
    void anArchiveOfVpsAdminOsWithAStreamOfZfsIsRefusedWithTheReason() {
        byte[] archive = SampleTree.shell(scratch, "tar", """
                mkdir -p x/rootfs
                printf 'type: full\\nformat: zfs\\n' > x/metadata.yml
                echo stream > x/rootfs/base.dat.gz
                tar -c -C x metadata.yml rootfs""");
        assertThatThrownBy(() -> fixture.importBytes(archive))
                .hasMessageContaining("stream of ZFS")
                .extracting(e -> ((BerthException) e).code())
                .isEqualTo(ErrorCode.UNSUPPORTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tar -c bomb | gzip",
                "echo bomb | cpio --quiet -o | bzip2",
                "mksquashfs bomb sample.img -quiet -no-progress -no-sparse >&2; cat sample.img",
                "mksquashfs bomb sample.img -quiet -no-progress >&2; cat sample.img"
            })
    void anArchiveThatUnpacksToTooMuchIsRefused(String packer) {
        byte[] bomb = SampleTree.shell(scratch, "cpio", "truncate -s 40M bomb; " + packer);
        assertThat(bomb.length).isLessThan(1 << 20);
        assertThatThrownBy(
                        () -> fixture.importBytes(bomb, ImportRequest.of("bomb").upTo(1 << 20)))
                .hasMessageContaining("unpacks to more than 1M")
                .extracting(e -> ((BerthException) e).code())
                .isEqualTo(ErrorCode.UNTRUSTED);
    }

    @Test
    void whatIsNoArchiveIsRefusedSayingWhatIsKnown() {
        assertThatThrownBy(() -> fixture.importBytes(new byte[2000]))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("no files");
        assertThatThrownBy(() -> fixture.importBytes("a text ".repeat(200).getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("neither a tar nor a cpio archive nor a squashfs");
    }

    private Imported importSplit(byte[] metadata, byte[] rootfs) {
        return fixture.images()
                .importSplit(
                        new ByteArrayInputStream(metadata),
                        new ByteArrayInputStream(rootfs),
                        ImportRequest.of("split"),
                        Progress.none());
    }

    /** Turns the words of each header around, from {@code offset} on. */
    private static void swapHeaders(byte[] archive, int offset) {
        int name = word(archive, offset + 20);
        int size = word(archive, offset + 22) << 16 | word(archive, offset + 24);
        int next = offset + 26 + name + (name & 1) + size + (size & 1);
        IntStream.range(0, 13).map(i -> offset + 2 * i).forEach(i -> {
            byte low = archive[i];
            archive[i] = archive[i + 1];
            archive[i + 1] = low;
        });
        IntStream.of(next)
                .filter(n -> n + 26 <= archive.length && word(archive, n) == 070707)
                .forEach(n -> swapHeaders(archive, n));
    }

    private static int word(byte[] archive, int offset) {
        return (archive[offset] & 0xff) | (archive[offset + 1] & 0xff) << 8;
    }
}
