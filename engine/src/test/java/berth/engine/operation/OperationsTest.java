package berth.engine.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationsTest {
    private static final Actor ROOT = new Actor("root", "ct new web");

    record Plan(String id) {}

    /** Stands for the death of the process. */
    private static final class Crash extends Error {}

    /** Makes a directory, a file in it, commits by making a second file, and then removes the first. */
    private final class Creation implements OperationKind<Plan> {
        private final List<String> calls = new ArrayList<>();
        private Action inCommit = Action.NOTHING;
        private Action inCleanup = Action.NOTHING;
        private Action inUndo = Action.NOTHING;
        private Effect effect = Effect.UNKNOWN;
        private boolean closed;

        @Override
        public String name() {
            return "ct new";
        }

        @Override
        public Class<Plan> planType() {
            return Plan.class;
        }

        @Override
        public String subject(Plan plan) {
            return "container '" + plan.id() + "'";
        }

        @Override
        public Effect effect(Plan plan) {
            return effect;
        }

        @Override
        public List<Step> steps(Plan plan, Progress progress) {
            if (closed) {
                throw new BerthException(ErrorCode.WRONG_STATE, "pool 'tank' is closed");
            }
            Path root = world.resolve(plan.id());
            return List.of(
                    Step.of("make root", () -> told("root", () -> Files.createDirectory(root)), () -> {
                        inUndo.run();
                        told("undo root", () -> Files.deleteIfExists(root));
                    }),
                    Step.of(
                            "make draft",
                            () -> told("draft", () -> Files.createFile(root.resolve("draft"))),
                            () -> told("undo draft", () -> Files.deleteIfExists(root.resolve("draft")))),
                    Step.commit("write spec", () -> {
                        inCommit.run();
                        told("spec", () -> Files.writeString(root.resolve("spec"), "x"));
                    }),
                    Step.then("clean up", () -> {
                        inCleanup.run();
                        told("clean", () -> Files.deleteIfExists(root.resolve("draft")));
                    }));
        }

        private void told(String call, FileCall action) throws IOException {
            calls.add(call);
            action.run();
        }
    }

    @FunctionalInterface
    private interface FileCall {
        Object run() throws IOException;
    }

    @TempDir
    private Path dir;

    private Path world = Path.of("");
    private Path journal = Path.of("");
    private final Creation creation = new Creation();

    @BeforeEach
    void makeWorld() throws IOException {
        world = Files.createDirectory(dir.resolve("world"));
        journal = dir.resolve("journal");
    }

    private Operations operations(String failPoints) {
        FailPoints points = FailPoints.parse(failPoints, () -> {
            throw new Crash();
        });
        return new Operations(journal, List.of(creation), () -> Instant.EPOCH, points);
    }

    private void create(Operations operations) {
        operations.run(creation, new Plan("web"), ROOT, Progress.none());
    }

    /** Does what a process does that dies at {@code point}: what it left on disk stays. */
    private void crashAt(String point) {
        Path copy = dir.resolve("copy");
        FailPoints points = FailPoints.parse(point, () -> {
            copyTree(journal, copy);
            copyTree(world, dir.resolve("worldcopy"));
            throw new Crash();
        });
        Operations operations = new Operations(journal, List.of(creation), () -> Instant.EPOCH, points);
        assertThatThrownBy(() -> create(operations)).isInstanceOf(Crash.class);
        removeTree(journal);
        removeTree(world);
        copyTree(copy, journal);
        copyTree(dir.resolve("worldcopy"), world);
    }

    private static void copyTree(Path from, Path to) {
        removeTree(to);
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeTree(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.toList().reversed()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

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

    @Test
    void theNamesOfTheStepsCanBeListed() {
        assertThat(Operations.stepNames(creation, new Plan("web")))
                .containsExactly("make root", "make draft", "write spec", "clean up");
    }

    @Test
    void aFailPointThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> FailPoints.parse("during:x", () -> {})).hasMessage("'during:x' is not a fail point");
    }

    private Path onlyJournal() throws IOException {
        try (Stream<Path> files = Files.list(journal)) {
            return files.findFirst().orElseThrow();
        }
    }
}
