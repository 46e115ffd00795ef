package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.store.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that were deleted and can be brought back. */
@Tag("root")
class ImageShelfTest {
    private static final Change DELETED = new Change(Instant.EPOCH, "root", "image del a");

    @TempDir
    Path scratch;

    private ImportFixture fixture;
    private Images images;
    private Image image;

    @BeforeEach
    void aPoolWithAnImage() throws IOException {
        fixture = new ImportFixture(scratch);
        images = fixture.images();
        image = images.tag(imported(), "a");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Image imported() {
        return fixture.importTar(new TarBytes().file("a", "1")).image();
    }

    @Test
    void whatIsInTheTrashCannotBeUsedAndComesBackWithItsName() {
        assertThat(images.removal().discard("a", DELETED)).contains(image);

        assertThat(images.list()).isEmpty();
        assertThat(images.find(image.id())).isEmpty();
        assertThat(images.removal().trashed()).containsExactly(new TrashedImage(image, DELETED));
        images.removal().restore(image.id(), image.names());
        assertThat(images.list()).containsExactly(image);
        assertThat(images.removal().trashed()).isEmpty();
    }

    @Test
    void theTrashOutlivesTheDaemon() {
        images.removal().discard("a", DELETED);

        try (Images again = Images.open(fixture.path, id -> List.of(), ImportFixture.CLOCK)) {
            assertThat(again.list()).isEmpty();
            assertThat(again.removal().trashed()).containsExactly(new TrashedImage(image, DELETED));
            again.removal().restore(image.id(), List.of("a"));
        }
        try (Images again = Images.open(fixture.path, id -> List.of(), ImportFixture.CLOCK)) {
            assertThat(again.list()).containsExactly(image);
        }
    }

    @Test
    void aNameThatAnotherHasMeanwhileStaysWithThat() {
        images.removal().discard("a", DELETED);
        Image other =
                images.tag(fixture.importTar(new TarBytes().file("a", "2")).image(), "a");

        images.removal().restore(image.id(), List.of("a"));

        assertThat(images.get("a")).isEqualTo(other);
        assertThat(images.get(image.id()).names()).isEmpty();
    }

    @Test
    void theSameImageImportedAgainLeavesTheTrash() {
        images.removal().discard("a", DELETED);

        assertThat(imported().id()).isEqualTo(image.id());

        assertThat(images.removal().trashed()).isEmpty();
        assertThat(images.list()).hasSize(1);
    }

    @Test
    void whatIsPurgedIsGoneFromTheDisk() {
        images.removal().discard("a", DELETED);

        images.removal().purge(image.id());

        assertThat(images.removal().trashed()).isEmpty();
        assertThat(fixture.stored()).containsExactly("names.yml");
        assertThatThrownBy(() -> images.removal().restore(image.id(), List.of()))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("not in the trash any more");
    }

    @Test
    void anImageWhoseNoteIsBrokenIsAnImage() throws IOException {
        images.removal().discard("a", DELETED);
        Files.writeString(fixture.path.resolve(image.id()).resolve("trashed.yml"), "{");

        try (Images again = Images.open(fixture.path, id -> List.of(), ImportFixture.CLOCK)) {
            assertThat(again.removal().trashed()).isEmpty();
            assertThat(again.find(image.id())).isPresent();
        }
    }

    @Test
    void anImageThatContainersUseStaysOutOfTheTrash() {
        fixture.containers.add("ct1");

        assertThatThrownBy(() -> images.removal().discard("a", DELETED)).hasMessageContaining("ct1");

        assertThat(images.removal().trashed()).isEmpty();
        assertThat(images.list()).containsExactly(image);
    }
}
