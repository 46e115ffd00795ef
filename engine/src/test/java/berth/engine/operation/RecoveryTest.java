package berth.engine.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process that died left in its journal is undone or completed by the next. */
class RecoveryTest extends OperationsFixture {
    @Test
    void aFailedUndoStaysInTheJournalUntilItSucceeds() {
        Operations operations = operations("");
        creation.inCommit = () -> {
            throw new BerthException(ErrorCode.FAILED, "no");
        };
        creation.inUndo = () -> {
            throw new IOException("busy");
        };
        assertThatThrownBy(() -> create(operations)).hasMessage("no");
        creation.inUndo = Action.NOTHING;
        List<Recovered> recovered = operations("").recover();
        assertThat(recovered).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNDONE);
        assertThat(world).isEmptyDirectory();
        assertThat(journal).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "ct-new/after:begin, UNDONE",
        "before:make root, UNDONE",
        "after:make root, UNDONE",
        "ct-new/before:make draft, UNDONE",
        "after:make draft, UNDONE",
        "before:write spec, COMPLETED",
        "after:write spec, COMPLETED",
        "before:clean up, COMPLETED",
        "after:clean up, COMPLETED",
        "before:end, COMPLETED"
    })
    void whereverItDiesTheNextProcessMendsIt(String point, Recovered.Outcome outcome) {
        crashAt(point);
        List<Recovered> recovered = operations("").recover();
        assertThat(recovered)
                .containsExactly(new Recovered(
                        "ct new",
                        Optional.of("container 'web'"),
                        Optional.of(ROOT),
                        Optional.of(Instant.EPOCH),
                        outcome,
                        Optional.empty()));
        assertThat(Files.exists(world.resolve("web/spec"))).isEqualTo(outcome == Recovered.Outcome.COMPLETED);
        assertThat(Files.exists(world.resolve("web"))).isEqualTo(outcome == Recovered.Outcome.COMPLETED);
        assertThat(world.resolve("web/draft")).doesNotExist();
        assertThat(journal).isEmptyDirectory();
        assertThat(operations("").recover()).isEmpty();
    }

    @Test
    void aCrashDuringTheUndoOfAFailedCommitIsUndoneNotCompleted() {
        creation.inCommit = () -> {
            throw new BerthException(ErrorCode.FAILED, "no");
        };
        Operations operations = operations("undo:make draft");
        assertThatThrownBy(() -> create(operations)).isInstanceOf(Crash.class);
        creation.inCommit = Action.NOTHING;
        assertThat(operations("").recover()).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNDONE);
        assertThat(world).isEmptyDirectory();
    }

    @Test
    void aKindThatSeesItsEffectIsNotCommittedAgain() {
        crashAt("after:write spec");
        creation.calls.clear();
        creation.effect = OperationKind.Effect.PRESENT;
        operations("").recover();
        assertThat(creation.calls).containsExactly("clean");
    }

    @Test
    void aKindThatCannotSeeItsEffectYetIsAskedAgain() {
        crashAt("after:write spec");
        creation.effect = OperationKind.Effect.PRESENT;
        creation.speechless = true;
        Operations operations = operations("");
        assertThat(operations.recover()).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNFINISHED);
        creation.speechless = false;
        creation.calls.clear();

        operations.retry();

        assertThat(creation.calls).containsExactly("clean");
        assertThat(world.resolve("web/spec")).exists();
    }

    @Test
    void aKindThatMissesItsEffectIsUndone() {
        crashAt("before:write spec");
        creation.effect = OperationKind.Effect.ABSENT;
        assertThat(operations("").recover()).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNDONE);
    }

    @Test
    void aCommitThatCannotBeRepeatedYetIsNeverUndone() {
        crashAt("after:write spec");
        creation.inCommit = () -> {
            throw new IOException("disk full");
        };
        Operations operations = operations("");
        List<Recovered> recovered = operations.recover();
        assertThat(recovered).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNFINISHED);
        assertThat(recovered)
                .extracting(Recovered::problem)
                .containsExactly(Optional.of("write spec failed: disk full"));
        assertThat(world.resolve("web/spec")).exists();
        creation.inCommit = Action.NOTHING;
        assertThat(operations("").recover())
                .extracting(Recovered::outcome)
                .containsExactly(Recovered.Outcome.COMPLETED);
    }

    @Test
    void theNextProcessGoesOnWithTheStepThatWasBegun() {
        creation.announced = true;
        crashAt("before:announce");
        creation.calls.clear();

        operations("").recover();

        assertThat(creation.calls).containsExactly("announce");
    }

    @Test
    void afterAPowerCutAllStepsAfterTheCommitAreDoneAgain() throws IOException {
        creation.announced = true;
        crashAt("before:announce");
        creation.calls.clear();
        Path file = onlyJournal();
        Files.writeString(file, Files.readString(file).replaceFirst("\"boot\":\"[^\"]*\"", "\"boot\":\"another\""));

        operations("").recover();

        assertThat(creation.calls).containsExactly("clean", "announce");
    }

    @Test
    void afterAPowerCutStepsThatTheJournalMayHaveLostAreUndoneToo() throws IOException {
        crashAt("after:make draft");
        Path file = onlyJournal();
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("\"boot\":\"[^\"]*\"", "\"boot\":\"another\"")
                        .replaceFirst("[^\n]*make draft[^\n]*\n", ""));
        assertThat(operations("").recover()).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNDONE);
        assertThat(world).isEmptyDirectory();
    }

    @Test
    void aCommitIsNotForgottenInAPowerCut() throws IOException {
        crashAt("before:write spec");
        Path file = onlyJournal();
        Files.writeString(file, Files.readString(file).replaceFirst("\"boot\":\"[^\"]*\"", "\"boot\":\"another\""));
        assertThat(operations("").recover())
                .extracting(Recovered::outcome)
                .containsExactly(Recovered.Outcome.COMPLETED);
    }

    @Test
    void anOperationThatCannotBeMendedNowKeepsItsJournal() {
        crashAt("after:make draft");
        creation.closed = true;
        List<Recovered> recovered = operations("").recover();
        assertThat(recovered).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNFINISHED);
        assertThat(recovered).extracting(Recovered::problem).containsExactly(Optional.of("pool 'tank' is closed"));
        creation.closed = false;
        assertThat(operations("").recover()).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNDONE);
    }

    @Test
    void aTornLastLineMeansItsStepWasNotBegun() throws IOException {
        crashAt("after:make root");
        Path file = onlyJournal();
        Files.writeString(file, Files.readString(file) + "{\"word\":\"begin\",\"step\":\"write s");
        assertThat(operations("").recover()).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.UNDONE);
        assertThat(world).isEmptyDirectory();
    }

    @Test
    void aJournalTornBeforeItsFirstStepIsRemoved() throws IOException {
        Files.createDirectories(journal);
        Files.writeString(journal.resolve("1.journal"), "{\"kind\":\"ct n");
        Files.writeString(journal.resolve("2.journal"), "");
        assertThat(operations("").recover()).isEmpty();
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void aJournalOfAnUnknownKindIsSetAside() throws IOException {
        crashAt("after:make root");
        Path file = onlyJournal();
        Files.writeString(file, Files.readString(file).replace("ct new", "ct renew"));
        List<Recovered> recovered = operations("").recover();
        assertThat(recovered).extracting(Recovered::outcome).containsExactly(Recovered.Outcome.SET_ASIDE);
        assertThat(recovered)
                .extracting(Recovered::problem)
                .containsExactly(Optional.of("no operation is named 'ct renew'"));
        assertThat(file.resolveSibling(file.getFileName() + ".broken")).exists();
        assertThat(operations("").recover()).isEmpty();
    }

    @Test
    void aFinishedJournalWhoseRemovalWasLostIsOnlyRemoved() throws IOException {
        crashAt("before:end");
        Path file = onlyJournal();
        Files.writeString(file, Files.readString(file) + "{\"word\":\"done\"}\n");
        creation.calls.clear();
        assertThat(operations("").recover()).isEmpty();
        assertThat(creation.calls).isEmpty();
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void thePlanStandsReadableInTheJournal() throws IOException {
        crashAt("before:make draft");
        assertThat(onlyJournal()).content().matches("""
                \\{"kind":"ct new","by":"root","command":"ct new web","at":"1970-01-01T00:00:00Z",\
                "boot":"[0-9a-f-]{36}","plan":\\{"id":"web"}}
                \\{"word":"begin","step":"make root"}
                \\{"word":"begin","step":"make draft"}
                """);
    }
}
