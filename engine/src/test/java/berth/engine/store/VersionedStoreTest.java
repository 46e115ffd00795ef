package berth.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionedStoreTest {
    record Spec(String id, String hostname) {}

    @TempDir
    private Path dir;

    private VersionedStore<Spec> store = new VersionedStore<>(Path.of(""), Spec.class, Spec::id);

    @BeforeEach
    void open() {
        store = new VersionedStore<>(dir, Spec.class, Spec::id);
    }

    private static Change change(int n) {
        return new Change(Instant.ofEpochSecond(n), "root", "ct set hostname web h" + n);
    }

    private void save(int... hostnames) {
        IntStream.of(hostnames).forEach(n -> store.save(new Spec("web", "h" + n), change(n)));
    }

    @Test
    void theFileTellsItsRevisionFirst() throws IOException {
        save(1);
        assertThat(dir.resolve("web.yml")).hasContent("""
                revision: 1
                change:
                  at: 1970-01-01T00:00:01Z
                  by: root
                  command: ct set hostname web h1
                id: web
                hostname: h1
                """);
        assertThat(dir.resolve("web.history")).doesNotExist();
    }

    @Test
    void anObjectWhoseFileIsBrokenStillCounts() throws IOException {
        save(1);
        Files.writeString(dir.resolve("broken.yml"), "{{{");
        assertThat(store.load().objects()).hasSize(1);
        assertThat(store.ids()).containsExactly("broken", "web");
    }

    @Test
    void everyChangeIsARevisionAndTheFormerOnesAreKept() {
        save(1, 2, 3);
        assertThat(store.history("web")).extracting(Revision::number).containsExactly(3, 2, 1);
        assertThat(store.get("web", 2)).contains(new Revision<>(2, change(2), new Spec("web", "h2")));
        assertThat(store.get("web", 4)).isEmpty();
        assertThat(store.load().objects()).containsExactly(new Revision<>(3, change(3), new Spec("web", "h3")));
    }

    @Test
    void aSaveThatChangesNothingIsNoRevision() {
        save(1);
        Revision<Spec> again = store.save(new Spec("web", "h1"), change(9));
        assertThat(again).isEqualTo(new Revision<>(1, change(1), new Spec("web", "h1")));
    }

    @Test
    void onlyTheNewestRevisionsAreKept() {
        save(IntStream.rangeClosed(1, 25).toArray());
        assertThat(store.history("web")).hasSize(VersionedStore.KEEP + 1);
        assertThat(store.history("web").getLast().number()).isEqualTo(5);
    }

    @Test
    void removingAnObjectRemovesItsHistory() throws IOException {
        save(1, 2);
        store.remove("web");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aHistoryWithoutItsObjectIsSweptAtLoad() throws IOException {
        save(1, 2);
        Files.delete(dir.resolve("web.yml"));
        assertThat(store.load().objects()).isEmpty();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void theHistoryOfABrokenObjectIsKeptAndItsNumbersGoOn() throws IOException {
        save(1, 2, 3);
        Files.writeString(dir.resolve("web.yml"), "revision: 3\nid: web\n");
        assertThat(store.load().broken()).extracting(Broken::id).isEqualTo(List.of("web"));
        save(4);
        assertThat(store.history("web")).extracting(Revision::number).containsExactly(3, 2, 1);
    }

    @Test
    void aSaveThatWasCutOffAfterKeepingTheFormerFileIsDoneAgain() throws IOException {
        save(1);
        Files.createDirectory(dir.resolve("web.history"));
        Files.createLink(dir.resolve("web.history/1.yml"), dir.resolve("web.yml"));
        assertThat(store.history("web")).hasSize(1);
        save(2);
        assertThat(store.history("web")).extracting(Revision::number).containsExactly(2, 1);
    }

    @Test
    void unknownKeysAreCarriedOver() throws IOException {
        save(1);
        Path file = dir.resolve("web.yml");
        Files.writeString(file, Files.readString(file) + "colour: blue\n");
        save(2);
        assertThat(file).content().endsWith("hostname: h2\ncolour: blue\n");
    }

    @Test
    void anObjectThatWasElsewhereComesWithItsHistory() {
        save(1, 2, 3);
        VersionedStore<Spec> other = new VersionedStore<>(dir.resolve("other"), Spec.class, Spec::id);

        other.adopt(store.history("web"));
        other.adopt(store.history("web"));

        assertThat(other.history("web")).isEqualTo(store.history("web"));
        assertThat(other.load().objects()).isEqualTo(store.load().objects());
    }
}
