package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trees with their past: what changed between two of them, and archives of it. */
@Tag("root")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class PackedStatesTest {
    private static final int ATTEMPTS = 200 * Integer.getInteger("berth.fuzz", 1);
    private static final long MAX_SIZE = 1 << 24;

    private static final String FIRST = """
        set -e; mkdir -p one/etc one/bin one/srv/dir one/srv/empty one/root one/dd; cd one
        echo x > etc/p; echo first > root/file; ln root/file root/second; chmod 4755 root/file; echo gone > root/gone
        ln -s ../etc/p srv/link; truncate -s 300K srv/sparse; echo end >> srv/sparse; mkfifo srv/pipe
        echo A > srv/A; ln srv/A srv/B; echo A > srv/C; ln srv/C srv/D; touch -r srv/A srv/C; echo q > etc/q; echo i > dd/in
        chown 7:8 srv/dir
        """;

    private static final String SECOND = """
        set -e; cp -a one two; cd two; rm -r root/gone srv/empty; echo more >> root/second
        cp -p root/second root/s2; mv root/s2 root/second; echo x > srv/dir/x; rm srv/B srv/D; ln srv/A srv/D; ln srv/C srv/B
        rm etc/q; mkdir etc/q; echo z > etc/q/z; touch -r ../one/etc etc
        printf j | dd of=dd/in conv=notrunc 2>&1; touch -r ../one/dd dd; rm srv/link; mkfifo srv/link
        mkdir new; echo n > new/n; touch -d 2001-01-01 new .
        """;

    @TempDir
    Path scratch;

    private Path trees;
    private ImportFixture fixture;
    private Image image;

    @BeforeEach
    void anImageAndTwoStatesOfIt() throws IOException {
        fixture = new ImportFixture(Files.createDirectory(scratch.resolve("pool")));
        trees = Files.createDirectory(scratch.resolve("trees"));
        SampleTree.shell(trees, "cp", FIRST);
        SampleTree.shell(trees, "cp", SECOND);
        image = SampleTree.importDirectory(fixture, trees.resolve("one")).image();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private TreeView view(String name) {
        return new TreeView(Directory.open(trees.resolve(name), Resolution.NO_LINKS), Owners.SAME);
    }

    private String digest(String name) throws IOException {
        try (TreeView view = view(name)) {
            return view.digest(Progress.none());
        }
    }

    private TreeStates.Target target(String name) {
        return new TreeStates.Target(Directory.open(trees.resolve(name), Resolution.IN_ROOT), Owners.SAME, trees);
    }

    private static SequencedMap<String, Integer> counts() {
        SequencedMap<String, Integer> counts = new LinkedHashMap<>();
        counts.put("/", 2);
        counts.put("data/pg", 2);
        return counts;
    }

    private void copyImage() throws IOException {
        SampleTree.shell(
                trees,
                "cp",
                "rm -rf copy dataset; mkdir dataset; cp -a " + fixture.images().tree(image) + " copy");
    }

    private byte[] archive() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PackedTree.writeStates(
                fixture.images(),
                image,
                List.of(
                        new TreeHistory("/", List.of(() -> view("one"), () -> view("two"))),
                        new TreeHistory("data/pg", List.of(() -> view("two"), () -> view("one")))),
                "who: it is\n",
                out,
                Progress.none());
        return out.toByteArray();
    }

    private void receive(byte[] archive) {
        try (PackedArchive packed = fixture.images().openPacked(new ByteArrayInputStream(archive), MAX_SIZE)) {
            TreeStates states = packed.states("test", counts());
            states.bringImage(fixture.images(), Progress.none());
            TreeStates.Target target = target("copy");
            TreeStates.Target dataset = target("dataset");
            try (Directory _ = target.tree();
                    Directory _ = dataset.tree();
                    TreeView copy = view("copy")) {
                states.next(target, Progress.none());
                states.next(target, Progress.none());
                states.next(dataset, Progress.none());
                states.next(dataset, Progress.none());
                states.compare(0, Optional.empty(), () -> copy, Progress.none());
            }
        }
    }

    @Test
    void whatChangedMakesTheNextStateOfTheFormer() throws IOException {
        SampleTree.shell(trees, "cp", "cp -a one copy");
        TreeStates.Target target = target("copy");

        try (Directory _ = target.tree();
                TreeView former = view("one");
                TreeView present = view("two");
                ArchiveReader changes = present.changesSince(Optional.of(former), new Notes())) {
            target.write(changes, new Limits(MAX_SIZE, 1000), new Notes(), Progress.none());
        }

        assertThat(digest("copy")).isEqualTo(digest("two")).isNotEqualTo(digest("one"));
    }

    @Test
    void ofAnEqualTreeOnlyTheRootIsTold() throws IOException {
        SampleTree.shell(trees, "cp", "cp -a two copy");
        List<String> told = new ArrayList<>();

        try (TreeView former = view("two");
                TreeView present = view("copy");
                ArchiveReader changes = present.changesSince(Optional.of(former), new Notes())) {
            changes.next().ifPresent(e -> told.add(e.name()));
            changes.next().ifPresent(e -> told.add(e.name()));
        }

        assertThat(told).containsExactly("");
    }

    @Test
    void ofATreeWhoseFilesAreInOthersTooOnlyTheRootIsTold() throws IOException {
        SampleTree.shell(trees, "cp", "cp -a two copy; cp -al two shared");
        List<String> told = new ArrayList<>();

        try (TreeView former = view("two");
                TreeView present = view("copy");
                ArchiveReader changes = present.changesSince(Optional.of(former), new Notes())) {
            changes.next().ifPresent(e -> told.add(e.name()));
            changes.next().ifPresent(e -> told.add(e.name()));
        }

        assertThat(told).containsExactly("");
    }

    @Test
    void namesOfOneFileComeApartAndOthersComeTogether() throws IOException {
        SampleTree.shell(trees, "cp", """
                cp -a one copy; cp -a one three; cd three
                cp -p srv/A srv/a; mv srv/a srv/A; cp -p etc/p etc/p2; ln -f etc/p2 etc/p; ln srv/C srv/E; ln srv/link dd/link
                """);
        TreeStates.Target target = target("copy");

        try (Directory _ = target.tree();
                TreeView former = view("one");
                TreeView present = view("three");
                ArchiveReader changes = present.changesSince(Optional.of(former), new Notes())) {
            target.write(changes, new Limits(MAX_SIZE, 1000), new Notes(), Progress.none());
        }

        assertThat(digest("copy")).isEqualTo(digest("three")).isNotEqualTo(digest("one"));
    }

    @Test
    void statesComeBackFromAnArchive() throws IOException {
        byte[] archive = archive();
        copyImage();

        receive(archive);

        assertThat(digest("copy")).isEqualTo(digest("two"));
        assertThat(digest("dataset")).isEqualTo(digest("one"));
    }

    @Test
    void anArchiveOfPresentTreesIsTheImageAndWhatIsBesideIt() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<TreeHistory> files = List.of(
                new TreeHistory("/", List.of(() -> view("one"))), new TreeHistory("data", List.of(() -> view("two"))));
        PackedTree.write(files, "who: it is\n", PackedTree.Format.TAR, out, Progress.none());
        copyImage();

        try (PackedArchive packed =
                fixture.images().openPacked(new ByteArrayInputStream(out.toByteArray()), MAX_SIZE)) {
            TreeStates states = packed.present("test", List.of("/", "data"));
            assertThat(states.bringImage(fixture.images(), Progress.none()).image())
                    .isEqualTo(image);
            TreeStates.Target root = target("copy");
            TreeStates.Target dataset = target("dataset");
            try (Directory _ = root.tree();
                    Directory _ = dataset.tree();
                    TreeView copy = view("dataset")) {
                states.next(root, Progress.none());
                states.next(dataset, Progress.none());
                states.compare(0, Optional.empty(), () -> copy, Progress.none());
            }
        }

        assertThat(digest("dataset")).isEqualTo(digest("two"));
    }

    @Test
    void whatAnArchiveHasBesideWhatItSaysIsRefused() throws IOException {
        byte[] archive = archive();
        copyImage();

        try (PackedArchive packed = fixture.images().openPacked(new ByteArrayInputStream(archive), MAX_SIZE)) {
            SequencedMap<String, Integer> fewer = new LinkedHashMap<>(Map.of("/", 2));
            TreeStates states = packed.states("test", fewer);
            states.bringImage(fixture.images(), Progress.none());
            TreeStates.Target target = target("copy");
            try (Directory _ = target.tree();
                    TreeView copy = view("copy")) {
                states.next(target, Progress.none());
                states.next(target, Progress.none());
                assertThatThrownBy(() -> states.compare(0, Optional.empty(), () -> copy, Progress.none()))
                        .isInstanceOf(BerthException.class)
                        .hasMessageContaining("more than it says");
            }
        }
    }

    @Test
    void anArchiveOfStatesImportsAsTheImageOfTheLast() throws IOException {
        Image flat = fixture.importBytes(archive()).image();

        assertThat(flat.id())
                .isEqualTo(SampleTree.importDirectory(fixture, trees.resolve("two"))
                        .image()
                        .id());
    }

    @Test
    void anyArchiveOfStatesIsReceivedOrRefused() throws IOException {
        byte[] seed = archive();
        copyImage();
        Map<String, String> before = fixture.outside();

        assertThat(IntStream.range(0, ATTEMPTS).boxed()).allSatisfy(i -> attempt(Mutation.of(seed, i)));

        assertThat(fixture.outside()).isEqualTo(before);
        assertThat(fixture.stored()).allMatch(name -> name.length() == 64);
    }

    private void attempt(byte[] archive) {
        try {
            receive(archive);
        } catch (BerthException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Test
    void anyListOfContentIsReadOrRefused() {
        String hash = "0123456789abcdef".repeat(4);
        byte[] seed = "seen 42 1700000000.5\nchunk %s 4096\nhole 70000\nchunk %s 17\n"
                .formatted(hash, hash)
                .getBytes(StandardCharsets.US_ASCII);

        assertThat(IntStream.range(0, 50 * ATTEMPTS).boxed()).allSatisfy(i -> attemptList(Mutation.of(seed, i)));
        assertThat(parsed(seed).size()).isEqualTo(4096 + 70000 + 17);
        assertThat(parsed(seed).text()).isEqualTo(seed);
    }

    private static void attemptList(byte[] text) {
        try {
            assertThat(parsed(text).size()).isNotNegative();
        } catch (UncheckedIOException e) {
            assertThat(e.getCause()).isInstanceOf(CorruptArchiveException.class);
        }
    }

    private static ContentList parsed(byte[] text) {
        try {
            return ContentList.parse(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
