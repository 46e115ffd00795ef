package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Caller;
import berth.osctld.server.Exits;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does the same to several objects, at most {@value #PARALLEL} at a time. Each says its own result or error; the command
 * ends with the status of the errors if they are of one kind.
 */
final class Each {
    private static final int PARALLEL = 8;

    /** What is done to one of them. */
    interface Action<T> {
        /** Does it and says so. */
        void run(T object, Caller caller) throws InterruptedException;
    }

    private Each() {}

    /** Does {@code action} to all of {@code objects}; a single one may throw. */
    static <T> void of(Call call, List<T> objects, Action<T> action) {
        inTurns(call, List.of(objects), action);
    }

    /** As {@link #of}, to those of each turn when it is done to those of the turns before, also if that failed. */
    static <T> void inTurns(Call call, List<List<T>> turns, Action<T> action) {
        if (turns.size() == 1 && turns.getFirst().size() == 1) {
            single(call, turns.getFirst().getFirst(), action);
            return;
        }
        List<ErrorCode> failures = new ArrayList<>();
        Optional<UncheckedIOException> unheard = Optional.empty();
        for (List<T> objects : turns) {
            try {
                together(call, objects, action, failures);
            } catch (UncheckedIOException e) {
                // Who does not listen any more has asked for all of it nevertheless.
                unheard = unheard.or(() -> Optional.of(e));
            }
        }
        if (unheard.isPresent()) {
            throw unheard.get();
        }
        if (!failures.isEmpty()) {
            boolean alike = failures.stream().distinct().count() == 1;
            ErrorCode code = alike ? failures.getFirst() : ErrorCode.FAILED;
            call.exit(Exits.of(code.exitStatus()));
        }
    }

    private static <T> void together(Call call, List<T> objects, Action<T> action, List<ErrorCode> failures) {
        try (ExecutorService threads = Executors.newFixedThreadPool(
                Math.max(1, Math.min(PARALLEL, objects.size())),
                Thread.ofPlatform().name("command-part-", 1).factory())) {
            List<Future<?>> parts = new ArrayList<>();
            for (T object : objects) {
                parts.add(threads.submit(() -> {
                    action.run(object, call.silentCaller());
                    return object;
                }));
            }
            try {
                for (Future<?> part : parts) {
                    collect(call, part, failures);
                }
            } catch (InterruptedException e) {
                threads.shutdownNow();
                throw cancelled(e);
            }
        }
    }

    private static <T> void single(Call call, T object, Action<T> action) {
        try {
            action.run(object, call.caller());
        } catch (InterruptedException e) {
            throw cancelled(e);
        }
    }

    private static void collect(Call call, Future<?> part, List<ErrorCode> failures) throws InterruptedException {
        try {
            part.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof UncheckedIOException output) {
                throw output;
            }
            BerthException shown = Failures.explain(cause, call.session());
            call.out().error(shown);
            failures.add(shown.code());
        }
    }

    private static BerthException cancelled(InterruptedException e) {
        return new BerthException(ErrorCode.CANCELLED, "cancelled", null, e);
    }
}
