package berth.engine.operation;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An operation of four steps in a directory, and what tells of it in its journal. */
abstract class OperationsFixture {
    static final Actor ROOT = new Actor("root", "ct new web");

    record Plan(String id) {}

    /** Stands for the death of the process. */
    static final class Crash extends Error {}

    /** Makes a directory, a file in it, commits by making a second file, and then removes the first; says so, if it is to. */
    final class Creation implements OperationKind<Plan> {
        final List<String> calls = new ArrayList<>();
        Action inCommit = Action.NOTHING;
        Action inCleanup = Action.NOTHING;
        Action inUndo = Action.NOTHING;
        Effect effect = Effect.UNKNOWN;
        boolean speechless;
        boolean closed;
        boolean announced;
        Action inAnnouncement = Action.NOTHING;

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
            if (speechless) {
                throw new BerthException(ErrorCode.WRONG_STATE, "pool 'tank' does not answer");
            }
            return effect;
        }

        @Override
        public List<Step> steps(Plan plan, Progress progress) {
            if (closed) {
                throw new BerthException(ErrorCode.WRONG_STATE, "pool 'tank' is closed");
            }
            Path root = world.resolve(plan.id());
            List<Step> steps = new ArrayList<>(List.of(
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
                    })));
            if (announced) {
                steps.add(Step.then("announce", () -> {
                    inAnnouncement.run();
                    told("announce", () -> root);
                }));
            }
            return steps;
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
    Path dir;

    Path world = Path.of("");
    Path journal = Path.of("");
    final Creation creation = new Creation();

    @BeforeEach
    void makeWorld() throws IOException {
        world = Files.createDirectory(dir.resolve("world"));
        journal = dir.resolve("journal");
    }

    Operations operations(String failPoints) {
        FailPoints points = FailPoints.parse(failPoints, () -> {
            throw new Crash();
        });
        return new Operations(journal, List.of(creation), () -> Instant.EPOCH, points);
    }

    void create(Operations operations) {
        operations.run(creation, new Plan("web"), ROOT, Progress.none());
    }

    /** Does what a process does that dies at {@code point}: what it left on disk stays. */
    void crashAt(String point) {
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

    static void removeTree(Path tree) {
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

    Path onlyJournal() throws IOException {
        try (Stream<Path> files = Files.list(journal)) {
            return files.findFirst().orElseThrow();
        }
    }
}
