package berth.engine.operation;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One operation under way: how far it is, and the ways on and back from there. Used by one thread at a time. */
final class Run<P> {
    /** How it ends if it is cut off now. */
    private enum Way {
        /** It is undone. */
        BACK,
        /** Whether the commit was run its kind may know, and was not asked yet. */
        ASK,
        /** Whether the commit was run is not known: it is run again. */
        COMMIT,
        /** It is completed. */
        ON
    }

    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    /** What a journal knows of the steps before the commit. */
    enum Memory {
        /** Which of them were begun. */
        EXACT,
        /** Not all that were begun: the machine went down, too. */
        LOST
    }

    private final OperationKind<P> kind;
    private final P plan;
    private final Actor actor;
    private final Progress progress;
    private final FailPoints failPoints;
    private final List<Step> steps;
    private final int commit;

    private @Nullable Journal journal;
    /** How many steps may have been done, from the first. */
    private int begun;

    /** The step to go on with after the commit: what others changed since those before it were done is theirs. */
    private int onward;

    private Way way = Way.BACK;
    private boolean over;

    Run(OperationKind<P> kind, P plan, Actor actor, Progress progress, FailPoints failPoints) {
        this.kind = kind;
        this.plan = plan;
        this.actor = actor;
        this.progress = progress;
        this.failPoints = failPoints;
        this.steps = List.copyOf(kind.steps(plan, progress));
        this.commit = commit(kind.name(), steps);
    }

    Actor actor() {
        return actor;
    }

    String subject() {
        return kind.subject(plan);
    }

    String firstStep() {
        return steps.getFirst().name();
    }

    boolean isCommitted() {
        return way == Way.ON;
    }

    /** Whether nothing is left to do, neither forward nor back. */
    boolean isOver() {
        return over;
    }

    /** The plan and the first step are in {@code newJournal}. */
    void start(Journal newJournal) {
        journal = newJournal;
        failPoints.reach(kind.name(), FailPoints.Moment.AFTER, "begin");
    }

    /** Runs every step up to and with the commit. Whatever goes wrong, all of it is undone. Returns whether an interrupt came
     * too late. */
    boolean untilCommitted() {
        try {
            for (int i = 0; i <= commit; i++) {
                Step step = steps.get(i);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (i > 0) {
                    journalled(step);
                }
                begun = i + 1;
                perform(step);
            }
            way = Way.ON;
            return Thread.interrupted();
        } catch (InterruptedException e) {
            throw undoAfter(
                    new BerthException(ErrorCode.CANCELLED, "'%s' was cancelled".formatted(actor.command()), null, e));
        } catch (IOException e) {
            throw undoAfter(failure(steps.get(begun - 1), e));
        } catch (RuntimeException e) {
            throw undoAfter(e);
        } catch (Error e) {
            throw undoAfter(e);
        }
    }

    /** Runs every step after the commit. Returns whether an interrupt came meanwhile. */
    boolean complete() {
        boolean interrupted = false;
        for (int i = Math.max(commit + 1, onward); i < steps.size(); i++) {
            Step step = steps.get(i);
            onward = i;
            try {
                journalled(step);
                interrupted |= stubbornly(() -> perform(step));
            } catch (IOException | RuntimeException e) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "'%s' took effect, but %s failed: %s".formatted(actor.command(), step.name(), e.getMessage()),
                        "it is tried again before the next change of the object and when osctld starts",
                        e);
            }
        }
        finish();
        return interrupted;
    }

    /** Goes on, or back, from where {@code foundJournal} says that another process was. */
    void resume(Journal foundJournal, Journal.Found found, Memory memory) {
        journal = foundJournal;
        Set<String> names = new HashSet<>(found.begun());
        for (int i = 0; i < steps.size(); i++) {
            if (names.contains(steps.get(i).name())) {
                begun = i + 1;
            }
        }
        switch (memory) {
            case EXACT -> onward = begun - 1;
            // That a step was begun may be on disk, and what the one before it did not.
            case LOST -> begun = Math.max(begun, commit);
        }
        if (found.undoing() || begun <= commit) {
            again();
            return;
        }
        way = begun > commit + 1 ? Way.ON : Way.ASK;
        again();
    }

    /** Does what is left to do, on or back. @throws BerthException what stands in the way; it may be tried again */
    void again() {
        switch (way) {
            case BACK -> undo();
            case ASK -> {
                way = switch (kind.effect(plan)) {
                    case PRESENT -> Way.ON;
                    case ABSENT -> Way.BACK;
                    case UNKNOWN -> Way.COMMIT;
                };
                again();
            }
            case COMMIT -> {
                Step step = steps.get(commit);
                try {
                    stubbornly(step.run());
                } catch (IOException | RuntimeException e) {
                    throw failure(step, e);
                }
                way = Way.ON;
                complete();
            }
            case ON -> complete();
        }
    }

    private void journalled(Step step) {
        try {
            if (step.part() == Step.Part.COMMIT) {
                journal().beginCommit(step.name());
            } else {
                journal().begin(step.name());
            }
        } catch (IOException e) {
            throw FileFailure.of("write", journal().file(), e);
        }
    }

    private void perform(Step step) throws IOException, InterruptedException {
        failPoints.reach(kind.name(), FailPoints.Moment.BEFORE, step.name());
        progress.step(step.name());
        step.run().run();
        failPoints.reach(kind.name(), FailPoints.Moment.AFTER, step.name());
    }

    private <E extends Throwable> E undoAfter(E failure) {
        boolean interrupted = Thread.interrupted() || failure.getCause() instanceof InterruptedException;
        try {
            journal().undo();
        } catch (IOException e) {
            LOG.warn("The journal of '{}' cannot tell that it is undone: {}", actor.command(), e.getMessage());
        }
        try {
            undo();
        } catch (BerthException e) {
            failure.addSuppressed(e);
            LOG.error("After '{}' failed: {}", actor.command(), e.getMessage(), e);
            progress.warn(e.getMessage());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure;
    }

    /** Undoes what was begun, the last first. Stops where that fails: what came before may be what the failing one stands on. */
    private void undo() {
        for (int i = begun - 1; i >= 0; i--) {
            Step step = steps.get(i);
            try {
                failPoints.reach(kind.name(), FailPoints.Moment.UNDO, step.name());
                stubbornly(step.undo());
            } catch (IOException | RuntimeException e) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "'%s' could not be undone: %s: %s".formatted(actor.command(), step.name(), e.getMessage()),
                        "it is tried again before the next change of the object and when osctld starts",
                        e);
            }
        }
        finish();
    }

    private void finish() {
        failPoints.reach(kind.name(), FailPoints.Moment.BEFORE, "end");
        journal().finish();
        over = true;
    }

    /** Runs what must be done although the user does not want to wait: once more if an interrupt cuts it off. */
    private static boolean stubbornly(Action action) throws IOException {
        boolean interrupted = false;
        while (true) {
            try {
                action.run();
                return Thread.interrupted() || interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private static BerthException failure(Step step, Exception e) {
        return new BerthException(ErrorCode.FAILED, "%s failed: %s".formatted(step.name(), e.getMessage()), null, e);
    }

    private Journal journal() {
        if (journal == null) {
            throw new IllegalStateException("the operation has no journal yet");
        }
        return journal;
    }

    private static int commit(String kind, List<Step> steps) {
        int commit = -1;
        Set<String> names = new HashSet<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            boolean inOrder = switch (step.part()) {
                case BEFORE -> commit < 0;
                case COMMIT -> commit < 0;
                case AFTER -> commit >= 0;
            };
            if (!inOrder || !names.add(step.name())) {
                throw new IllegalArgumentException("%s: step '%s' is out of place".formatted(kind, step.name()));
            }
            if (step.part() == Step.Part.COMMIT) {
                commit = i;
            }
        }
        if (commit < 0) {
            throw new IllegalArgumentException(kind + " has no commit step");
        }
        return commit;
    }
}
