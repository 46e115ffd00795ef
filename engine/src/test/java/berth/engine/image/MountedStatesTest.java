package berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Progress;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether copies of states are found to be the same, and those that are not to differ. */
@Tag("root")
class MountedStatesTest {
    private static final String TREES = """
        set -e; mkdir -p one/etc one/srv; echo same > one/etc/same; echo first > one/srv/file; echo gone > one/gone
        cp -a one two; rm two/gone; echo more >> two/srv/file; ln two/srv/file two/srv/link
        cp -a one one-copy; cp -a two two-copy
        """;

    @TempDir
    Path scratch;

    private ImportFixture here;
    private ImportFixture there;
    private Path trees;
    private Image image;
    private MountedStates states;

    @BeforeEach
    void twoStatesAndCopiesOfThem() throws IOException {
        here = new ImportFixture(Files.createDirectory(scratch.resolve("here")));
        there = new ImportFixture(Files.createDirectory(scratch.resolve("there")));
        trees = Files.createDirectory(scratch.resolve("trees"));
        SampleTree.shell(trees, "cp", TREES);
        image = SampleTree.importDirectory(here, trees.resolve("one")).image();
        states = new MountedStates(
                here.images(), image, List.of(new TreeHistory("/", List.of(view("one"), view("two")))));
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    private Supplier<TreeView> view(String name) {
        return () -> new TreeView(Directory.open(trees.resolve(name), Resolution.NO_LINKS), Owners.SAME);
    }

    private void compare() {
        states.compare(0, Optional.empty(), view("one-copy"), Progress.none());
        states.compare(1, Optional.of(view("one-copy")), view("two-copy"), Progress.none());
    }

    private void change(String script) {
        SampleTree.shell(trees, "cp", "set -e; " + script);
    }

    @Test
    void copiesAreTheSame() {
        assertThatNoException().isThrownBy(this::compare);
    }

    @Test
    void aCopyThatIsTheSameByOtherChangesIsTheSame() {
        change(
                "cp -a two-copy/etc/same x; rm two-copy/etc/same; mv x two-copy/etc/same; touch -r two/etc two-copy/etc");

        assertThatNoException().isThrownBy(this::compare);
    }

    @Test
    void aFileThatIsOtherAlthoughItsTimeAndSizeAreNotIsFoundInALaterState() {
        change("printf M | dd of=two-copy/srv/file conv=notrunc 2>/dev/null; touch -r two/srv/file two-copy/srv/file");

        assertDiffer();
    }

    @Test
    void aFileThatDidNotChangeIsFoundIfItsCopyDid() {
        change("printf S | dd of=two-copy/etc/same conv=notrunc 2>/dev/null; touch -r two/etc/same two-copy/etc/same");

        assertDiffer();
    }

    @Test
    void aFileThatWasNotTakenAwayInACopyIsFound() {
        change("echo gone > two-copy/gone; touch -r two two-copy");

        assertDiffer();
    }

    @Test
    void twoFilesInThePlaceOfOneWithTwoNamesAreFound() {
        change(
                "cp -p two/srv/file two-copy/x; mv two-copy/x two-copy/srv/link; touch -r two/srv two-copy/srv; touch -r two two-copy");

        assertDiffer();
    }

    private void assertDiffer() {
        assertThatThrownBy(this::compare)
                .isInstanceOf(BerthException.class)
                .extracting("code")
                .isEqualTo(ErrorCode.FAILED);
    }

    @Test
    void anImageThatWasBroughtIsTheSame() {
        states.bringImage(there.images(), Progress.none());

        assertThat(states.isImageTheSame(Progress.none())).isTrue();
    }

    @Test
    void anImageWithAnotherTimeIsNotTheSame() {
        states.bringImage(there.images(), Progress.none());
        SampleTree.shell(there.images().tree(image), "cp", "touch -d 2001-02-03 etc/same");

        assertThat(states.isImageTheSame(Progress.none())).isFalse();
    }

    @Test
    void anImageWhoseRootHasAnotherTimeIsNotTheSame() {
        states.bringImage(there.images(), Progress.none());
        SampleTree.shell(there.images().tree(image), "cp", "touch -d 2001-02-03 .");

        assertThat(states.isImageTheSame(Progress.none())).isFalse();
    }
}
