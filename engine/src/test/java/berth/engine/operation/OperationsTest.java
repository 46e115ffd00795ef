package berth.engine.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** How an operation runs, fails and is interrupted. */
class OperationsTest extends OperationsFixture {
    @Test
    void anOperationRunsItsStepsInOrderAndLeavesNoJournal() {
        create(operations(""));
        assertThat(creation.calls).containsExactly("root", "draft", "spec", "clean");
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void aFailureBeforeTheCommitUndoesWhatWasBegunInReverse() {
        creation.inCommit = () -> {
            throw new BerthException(ErrorCode.EXHAUSTED, "no space left");
        };
        assertThatThrownBy(() -> create(operations(""))).hasMessage("no space left");
        assertThat(creation.calls).containsExactly("root", "draft", "undo draft", "undo root");
        assertThat(world).isEmptyDirectory();
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void aStepThatWasNotBegunIsNotUndone() throws IOException {
        Files.createDirectory(world.resolve("web"));
        assertThatThrownBy(() -> create(operations(""))).isInstanceOfSatisfying(BerthException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.FAILED);
            assertThat(e.getMessage()).startsWith("make root failed");
        });
        assertThat(creation.calls).containsExactly("root", "undo root");
    }

    @Test
    void anInterruptBetweenStepsUndoesAndCancels() {
        creation.inCommit = () -> {
            throw new InterruptedException();
        };
        assertThatThrownBy(() -> create(operations("")))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED))
                .hasMessage("'ct new web' was cancelled");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(world).isEmptyDirectory();
    }

    @Test
    void anInterruptedThreadTakesNoFurtherStep() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> create(operations(""))).hasMessage("'ct new web' was cancelled");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(creation.calls).isEmpty();
    }

    @Test
    void anInterruptAfterTheCommitChangesNothingAndStaysPending() {
        creation.inCommit = Thread.currentThread()::interrupt;
        creation.inCleanup = Thread.currentThread()::interrupt;
        create(operations(""));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(creation.calls).containsExactly("root", "draft", "spec", "clean");
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void aFailureAfterTheCommitIsReportedAndMendedBeforeTheNextOperationOnTheObject() {
        Operations operations = operations("");
        creation.inCleanup = () -> {
            throw new IOException("disk on fire");
        };
        assertThatThrownBy(() -> create(operations))
                .hasMessage("'ct new web' took effect, but clean up failed: disk on fire");
        assertThat(journal).isNotEmptyDirectory();
        assertThatThrownBy(() -> create(operations))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE));
        creation.inCleanup = Action.NOTHING;
        creation.calls.clear();
        removeTree(world.resolve("web"));
        create(operations);
        assertThat(creation.calls).containsExactly("clean", "root", "draft", "spec", "clean");
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void whatWasDoneAfterTheCommitIsNotDoneAgainWithWhatFailed() {
        Operations operations = operations("");
        creation.announced = true;
        creation.inAnnouncement = () -> {
            throw new IOException("nobody listens");
        };
        assertThatThrownBy(() -> create(operations)).hasMessageContaining("announce failed: nobody listens");
        creation.inAnnouncement = Action.NOTHING;
        creation.calls.clear();

        operations.retry();

        assertThat(creation.calls).containsExactly("announce");
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void theNamesOfTheStepsCanBeListed() {
        assertThat(Operations.stepNames(creation, new Plan("web")))
                .containsExactly("make root", "make draft", "write spec", "clean up");
    }

    @Test
    void aFailPointThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> FailPoints.parse("during:x", () -> {})).hasMessage("'during:x' is not a fail point");
    }
}
