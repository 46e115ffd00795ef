package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of the OCI, as a directory and as an archive, and those that {@code docker save} writes. */
@Tag("root")
class OciImageTest {
    private static final String HERE =
            System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : System.getProperty("os.arch", "");

    @TempDir
    Path scratch;

    private ImportFixture fixture;
    private OciBytes oci;
    private Map<String, String> before;

    @BeforeEach
    void aPoolAndALayout() throws IOException {
        fixture = new ImportFixture(scratch);
        oci = new OciBytes(scratch.resolve("oci"));
        before = Map.of("passwd", Files.readString(fixture.host.resolve("passwd")));
    }

    @AfterEach
    void nothingOutsideChangedAndNothingIsLeft() throws IOException {
        assertThat(Map.of("passwd", Files.readString(fixture.host.resolve("passwd"))))
                .isEqualTo(before);
        assertThat(fixture.stored()).allMatch(name -> name.length() == 64);
        fixture.close();
    }

    @Test
    void laterLayersAddReplaceAndTakeAway() throws IOException {
        Path layout = oci.layer(new TarBytes()
                        .directory("etc")
                        .file("etc/a", "old")
                        .file("etc/b", "b")
                        .directory("var")
                        .file("var/x", "x")
                        .file("var/y", "y"))
                .layer(new TarBytes()
                        .directory("etc")
                        .file("etc/a", "new")
                        .file("etc/.wh.b", "")
                        .file("var/z", "z")
                        .file("var/.wh..wh..opq", "")
                        .file(".wh..wh.plnk", ""))
                .image("latest", HERE)
                .finish();
        try (Directory tree = tree(SampleTree.importDirectory(fixture, layout))) {
            assertThat(new String(tree.readFile("etc/a", 10), StandardCharsets.UTF_8))
                    .isEqualTo("new");
            assertThat(tree.stat("etc/b")).isEmpty();
            assertThat(tree.stat("etc/.wh.b")).isEmpty();
            assertThat(tree.stat("var/x")).isEmpty();
            assertThat(tree.stat("var/z")).isPresent();
            assertThat(tree.stat(".wh..wh.plnk")).isEmpty();
        }
    }

    @Test
    void layersAreImagesThatStandOnEachOther() throws IOException {
        Path layout = oci.layer(new TarBytes().directory("etc").file("etc/a", "old"))
                .layer(new TarBytes().file("etc/.wh.a", "").file("etc/b", "new"))
                .image("latest", HERE)
                .finish();

        Image top = SampleTree.importDirectory(fixture, layout).image();

        List<Image> stack = fixture.images().stack(top);
        assertThat(stack).hasSize(2);
        assertThat(fixture.images().tree(stack.getFirst()).resolve("etc/a")).hasContent("old");
        assertThat(fixture.images().tree(top).resolve("etc/a")).doesNotExist();
        assertThat(top.ownSize()).isEqualTo(3);
        assertThat(SampleTree.importDirectory(fixture, layout).outcome()).isEqualTo(Imported.Outcome.KNOWN);
    }

    @Test
    void imagesShareTheLayersThatTheyHaveInCommon() throws IOException {
        TarBytes common = new TarBytes().directory("etc").file("etc/common", "c");
        oci.layer(common).layer(new TarBytes().file("etc/one", "1")).image("one", HERE);
        OciBytes second = new OciBytes(scratch.resolve("second"));
        second.layer(common).layer(new TarBytes().file("etc/two", "2")).image("two", HERE);

        Image one = SampleTree.importDirectory(fixture, oci.finish()).image();
        byte[] archive = SampleTree.shell(second.finish(), "tar", "tar -c blobs index.json oci-layout");
        Image two = fixture.importBytes(archive).image();

        assertThat(fixture.images().list()).hasSize(3);
        assertThat(fixture.images().stack(two).getFirst())
                .isEqualTo(fixture.images().stack(one).getFirst());
        assertThat(Files.isSameFile(
                        fixture.images().tree(one).resolve("etc/common"),
                        fixture.images().tree(two).resolve("etc/common")))
                .isTrue();
    }

    @Test
    void manyLayersAreAFewImages() throws IOException {
        Path layout = oci.layer(new TarBytes().directory("etc").file("etc/gone", "x"))
                .layers(20, i -> new TarBytes().file("etc/layer" + i, "" + i))
                .layer(new TarBytes().file("etc/.wh.gone", "").file("etc/last", "l"))
                .image("x", HERE)
                .finish();

        Image top = SampleTree.importDirectory(fixture, layout).image();

        assertThat(fixture.images().stack(top)).hasSize(8);
        assertThat(fixture.images().tree(top).resolve("etc/layer19")).hasContent("19");
        assertThat(fixture.images().tree(top).resolve("etc/last")).hasContent("l");
        assertThat(fixture.images().tree(top).resolve("etc/gone")).doesNotExist();
    }

    @Test
    void aLayerThatHoldsNothingIsNoImage() throws IOException {
        Path layout = oci.layer(new TarBytes())
                .layer(new TarBytes().directory("etc").file("etc/a", "a"))
                .layer(new TarBytes())
                .image("x", HERE)
                .finish();

        Imported imported = SampleTree.importDirectory(fixture, layout);

        assertThat(imported.outcome()).isEqualTo(Imported.Outcome.ADDED);
        assertThat(fixture.images().list()).containsExactly(imported.image());
        assertThat(imported.image().base()).isEmpty();
    }

    @Test
    void ofAnImageWithALayerThatIsRefusedNothingStays() throws IOException {
        Path layout = oci.layer(new TarBytes().directory("etc").file("etc/a", "a"))
                .layer(new TarBytes().file("etc/b", "b"))
                .layer(new TarBytes().file("../../escape", "x"))
                .image("x", HERE)
                .finish();

        assertRefused(layout, ErrorCode.UNTRUSTED, "'..'");

        assertThat(fixture.stored()).isEmpty();
    }

    @Test
    void whatOtherImagesStandOnStaysWhenALayerOnItIsRefused() throws IOException {
        TarBytes common = new TarBytes().directory("etc").file("etc/common", "c");
        OciBytes sound = new OciBytes(scratch.resolve("sound"));
        Image base = SampleTree.importDirectory(
                        fixture, sound.layer(common).image("sound", HERE).finish())
                .image();

        assertRefused(
                oci.layer(common)
                        .layer(new TarBytes().file("../x", ""))
                        .image("x", HERE)
                        .finish(),
                ErrorCode.UNTRUSTED,
                "'..'");

        assertThat(fixture.images().list()).containsExactly(base);
    }

    @Test
    void layersTogetherMayNotBeLargerThanAllowed() throws IOException {
        byte[] archive = SampleTree.shell(
                oci.layer(new TarBytes().directory("etc").file("etc/a", "x".repeat(6000)))
                        .layer(new TarBytes().file("etc/b", "x".repeat(6000)))
                        .layer(new TarBytes().file("etc/c", "x".repeat(6000)))
                        .image("x", HERE)
                        .finish(),
                "tar",
                "tar -c blobs index.json oci-layout | gzip");

        assertThatThrownBy(() -> SampleTree.importDirectory(
                        fixture,
                        scratch.resolve("oci"),
                        ImportRequest.of("test").upTo(15_000)))
                .hasMessageContaining("more than");

        assertThat(fixture.stored()).isEmpty();
        assertThat(fixture.importBytes(archive).image().size()).isEqualTo(18_000);
    }

    @Test
    void anArchiveOfALayoutIsTheSameImageAsItsDirectory() throws IOException {
        Path layout = oci.layer(new TarBytes().directory("bin").file("bin/sh", "#!"))
                .image("latest", HERE)
                .finish();
        byte[] archive = SampleTree.shell(layout, "tar", "tar -c blobs index.json oci-layout");
        Imported imported = fixture.importBytes(archive);
        assertThat(imported.image().id())
                .isEqualTo(SampleTree.importDirectory(fixture, layout).image().id());
        assertThat(imported.notes()).anySatisfy(note -> assertThat(note).contains("/bin/server -x"));
    }

    @Test
    void theImageForThisMachineIsTakenOfSeveral() throws IOException {
        oci.layer(new TarBytes().directory("etc").file("etc/this", "")).image("here", HERE);
        Path layout = oci.layer(new TarBytes().file("etc/other", ""))
                .image("there", "s390x")
                .nested()
                .finish();
        try (Directory tree = tree(SampleTree.importDirectory(fixture, layout))) {
            assertThat(tree.stat("etc/this")).isPresent();
            assertThat(tree.stat("etc/other")).isEmpty();
        }
    }

    @Test
    void severalImagesThatFitAreNamed() throws IOException {
        oci.layer(new TarBytes().directory("etc")).image("one", HERE);
        Path layout =
                oci.layer(new TarBytes().file("etc/x", "")).image("two", HERE).finish();
        assertRefused(layout, ErrorCode.INVALID, "one, two");
    }

    @Test
    void anImageForAnotherMachineOnlyIsRefused() throws IOException {
        Path layout =
                oci.layer(new TarBytes().directory("etc")).image("x", "s390x").finish();
        assertRefused(layout, ErrorCode.UNSUPPORTED, "no image for Linux");
    }

    @Test
    void aBlobThatIsNotWhatItsNameSaysIsRefused() throws IOException {
        TarBytes layer = new TarBytes().directory("etc").file("etc/x", "right");
        Path layout = oci.layer(layer).image("x", HERE).finish();
        Files.write(
                layout.resolve("blobs/sha256").resolve(OciBytes.digest(layer.toBytes())),
                new TarBytes().directory("etc").file("etc/x", "wrong").toBytes());
        assertRefused(layout, ErrorCode.UNTRUSTED, "another content");
    }

    @Test
    void aDigestThatClimbsIsRefused() throws IOException {
        Path layout = oci.index("{\"manifests\":[{\"digest\":\"sha256:../../../host/passwd\",\"size\":1}]}");
        assertRefused(layout, ErrorCode.UNTRUSTED, "no digest");
    }

    @Test
    void anIndexThatHoldsItselfIsRefused() throws IOException {
        Path layout = oci.layer(new TarBytes().directory("etc"))
                .image("x", HERE)
                .nested()
                .nested()
                .nested()
                .nested()
                .nested()
                .nested()
                .finish();
        assertRefused(layout, ErrorCode.UNTRUSTED, "nested");
    }

    @Test
    void aLayerWhoseNamesClimbIsRefused() throws IOException {
        Path layout = oci.layer(new TarBytes().directory("etc"))
                .layer(new TarBytes().file("../../host/.wh.passwd", ""))
                .image("x", HERE)
                .finish();
        assertRefused(layout, ErrorCode.UNTRUSTED, "'..'");
    }

    @Test
    void aWhiteoutThroughALinkThatLeadsOutTakesNothingAway() throws IOException {
        Path layout = oci.layer(new TarBytes()
                        .directory("etc")
                        .symlink("out", fixture.host.toString())
                        .symlink("up", "../../host"))
                .layer(new TarBytes().file("up/.wh.passwd", "").file("out/.wh..wh..opq", ""))
                .image("x", HERE)
                .finish();
        assertThatThrownBy(() -> SampleTree.importDirectory(fixture, layout)).isInstanceOf(BerthException.class);
    }

    @Test
    void whatDockerSavesIsItsLayers() {
        byte[] archive = SampleTree.shell(scratch, "tar", """
                mkdir -p saved/aa saved/bb root/etc more/etc
                echo 1 > root/etc/one; touch more/etc/.wh.one; echo 2 > more/etc/two
                tar -c -C root etc > saved/aa/layer.tar; tar -c -C more etc > saved/bb/layer.tar
                echo '[{"Config":"c.json","RepoTags":["x:1"],"Layers":["aa/layer.tar","bb/layer.tar"]}]' > saved/manifest.json
                echo '{"config":{"Cmd":["sh"]}}' > saved/c.json
                tar -c -C saved .""");
        try (Directory tree = tree(fixture.importBytes(archive))) {
            assertThat(tree.stat("etc/one")).isEmpty();
            assertThat(tree.stat("etc/two")).isPresent();
        }
    }

    @Test
    void whatDockerSavesMayNotReachOutOfTheArchive() {
        byte[] archive = SampleTree.shell(scratch, "tar", """
                mkdir saved; ln -s ../../../../../../../../etc/passwd saved/layer.tar
                echo '[{"Layers":["../../host/passwd"]}]' > saved/manifest.json
                tar -c -C saved .""");
        assertThatThrownBy(() -> fixture.importBytes(archive))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("is missing from it");
    }

    private void assertRefused(Path layout, ErrorCode code, String reason) {
        assertThatThrownBy(() -> SampleTree.importDirectory(fixture, layout))
                .hasMessageContaining(reason)
                .extracting(e -> ((BerthException) e).code())
                .isEqualTo(code);
    }

    private Directory tree(Imported imported) {
        return Directory.open(fixture.images().tree(imported.image()), Resolution.IN_ROOT);
    }
}
