package berth.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {
    record Limits(int memory) {}

    record Group(String name, Optional<Limits> limits, Map<String, String> attrs) {
        Group {
            attrs = Map.copyOf(attrs);
        }
    }

    @TempDir
    private Path base;

    private Path dir = Path.of("");
    private ObjectStore<Group> store = new ObjectStore<>(dir, Group.class, Group::name);

    @BeforeEach
    void open() {
        dir = base.resolve("conf/group");
        store = new ObjectStore<>(dir, Group.class, Group::name);
    }

    private static Group group(String name) {
        return new Group(name, Optional.empty(), Map.of());
    }

    @Test
    void aMissingDirectoryHoldsNothing() {
        assertThat(store.load()).isEqualTo(new Contents<>(List.of(), List.of()));
        assertThat(store.read("web")).isEmpty();
    }

    @Test
    void whatWasSavedIsLoaded() {
        store.save(group("/default/sub"));
        store.save(group("a"));
        assertThat(store.load().objects()).containsExactly(group("/default/sub"), group("a"));
        assertThat(dir.resolve("%2Fdefault%2Fsub.yml")).exists();
    }

    @Test
    void theFileIsForRootAlone() throws IOException {
        store.save(group("a"));
        assertThat(Files.getPosixFilePermissions(dir.resolve("a.yml"))).isEqualTo(DurableFile.PRIVATE);
    }

    @Test
    void whatWasRemovedIsGone() {
        store.save(group("a"));
        store.remove("a");
        store.remove("a");
        assertThat(store.load().objects()).isEmpty();
    }

    @Test
    void keysThatTheRecordDoesNotKnowSurviveASave() throws IOException {
        store.save(new Group("a", Optional.of(new Limits(1)), Map.of("x:y", "old")));
        Path file = dir.resolve("a.yml");
        Files.writeString(file, """
                name: a
                colour: blue
                limits: {memory: 1, future: {deep: [1]}}
                attrs: {"x:y": old}
                """);
        store.save(new Group("a", Optional.of(new Limits(2)), Map.of("x:z", "new")));
        assertThat(Files.readString(file)).isEqualTo("""
                name: a
                limits:
                  memory: 2
                  future:
                    deep:
                    - 1
                attrs:
                  x:z: new
                colour: blue
                """);
    }

    @Test
    void brokenFilesAreSetAsideAndReported() throws IOException {
        store.save(group("good"));
        Files.writeString(dir.resolve("bad.yml"), "name: [");
        Files.writeString(dir.resolve("other.yml"), "name: another");
        Files.writeString(dir.resolve("%zz.yml"), "name: x");
        Files.writeString(dir.resolve("empty.yml"), "");
        Contents<Group> contents = store.load();
        assertThat(contents.objects()).containsExactly(group("good"));
        assertThat(contents.broken()).extracting(Broken::id).containsExactly("%zz", "bad", "empty", "other");
        assertThat(contents.broken()).extracting(Broken::reason).contains("it holds 'another', its name says 'other'");
        assertThat(dir.resolve("bad.yml.broken")).hasContent("name: [");
        assertThat(store.load().broken()).isEmpty();
    }

    @Test
    void aSecondBrokenFileDoesNotReplaceTheFirst() throws IOException {
        Files.createDirectories(dir);
        Files.writeString(dir.resolve("bad.yml"), "1");
        store.load();
        Files.writeString(dir.resolve("bad.yml"), "2");
        store.load();
        assertThat(dir.resolve("bad.yml.broken")).hasContent("1");
        assertThat(dir.resolve("bad.yml.broken.2")).hasContent("2");
    }

    @Test
    void leftoversOfInterruptedWritesAreSweptAndNeverLoaded() throws IOException {
        store.save(group("a"));
        Files.writeString(dir.resolve(".a.yml.0badcafe.tmp"), "name: b");
        assertThat(store.load().objects()).containsExactly(group("a"));
        assertThat(dir.resolve(".a.yml.0badcafe.tmp")).doesNotExist();
    }

    @Test
    void aSaveIsCompleteEvenWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        store.save(group("a"));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.load().objects()).containsExactly(group("a"));
    }

    @Test
    void aFailedSaveSaysWhichFileAndWhy() throws IOException {
        Files.createDirectories(dir.getParent());
        Files.writeString(dir, "a file where the directory should be");
        assertThatThrownBy(() -> store.save(group("a"))).isInstanceOfSatisfying(BerthException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.FAILED);
            assertThat(e.getMessage()).startsWith("cannot write " + dir.resolve("a.yml"));
        });
    }
}
