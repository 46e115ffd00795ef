package berth.engine.operation;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.FileFailure;
import berth.engine.store.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Runs operations so that each takes effect as a whole or leaves nothing behind, whatever happens meanwhile.
 *
 * <p>A step is written to the journal before it is run. If one fails, or the thread is interrupted, up to and with the commit,
 * the steps that were begun are undone in reverse order; after it they are completed. What a crash cuts off {@link #recover}
 * mends. An undo or a completion that fails stays in the journal; from the step that failed it is tried again before the next
 * operation on the same object and at the next start.
 *
 * <p>The caller holds the lock of the object. Different operations may run at the same time.
 */
public final class Operations {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSSSSSSSS").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final Map<String, OperationKind<?>> kinds = new HashMap<>();
    private final InstantSource clock;
    private final FailPoints failPoints;
    private final Map<String, Run<?>> unfinished = new ConcurrentHashMap<>();

    /** @param directory where the journals are, made with the first one */
    public Operations(
            Path directory, Collection<? extends OperationKind<?>> kinds, InstantSource clock, FailPoints failPoints) {
        this.directory = directory;
        this.clock = clock;
        this.failPoints = failPoints;
        for (OperationKind<?> kind : kinds) {
            if (this.kinds.put(kind.name(), kind) != null) {
                throw new IllegalArgumentException("two kinds of operations are named " + kind.name());
            }
        }
    }

    /**
     * Does what {@code plan} says.
     *
     * @throws BerthException what the failing step threw, after everything was undone; CANCELLED if the thread was interrupted
     *     before the commit; FAILED if the effect is there but a step after it failed
     */
    public <P> void run(OperationKind<P> kind, P plan, Actor actor, Progress progress) {
        if (!kind.equals(kinds.get(kind.name()))) {
            throw new IllegalArgumentException("no kind of operations: " + kind.name());
        }
        settle(kind.subject(plan));
        Run<P> run = new Run<>(kind, plan, actor, progress, failPoints);
        String id = "%s-%08x"
                .formatted(
                        TIME.format(clock.instant()),
                        ThreadLocalRandom.current().nextInt());
        JsonNode data = Yaml.readJson(Yaml.writeJson(plan), JsonNode.class);
        Journal.Header header =
                new Journal.Header(kind.name(), actor.user(), actor.command(), clock.instant(), boot(), data);
        try {
            run.start(Journal.start(directory, id, header, run.firstStep()));
        } catch (IOException e) {
            throw FileFailure.of("write the journal in", directory, e);
        }
        boolean interrupted = false;
        try {
            interrupted = run.untilCommitted();
            interrupted |= run.complete();
        } finally {
            if (!run.isOver()) {
                unfinished.put(kind.subject(plan), run);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The names of the steps of {@code plan}, as fail points name them. */
    public static <P> List<String> stepNames(OperationKind<P> kind, P plan) {
        return kind.steps(plan, Progress.none()).stream().map(Step::name).toList();
    }

    /** Mends what a former process has left in the journal. To be called once, before the first {@link #run}. */
    public List<Recovered> recover() {
        List<Recovered> all = new ArrayList<>();
        for (Journal journal : Journal.all(directory)) {
            try {
                Optional<Journal.Found> found = journal.read().filter(f -> !f.done());
                if (found.isPresent()) {
                    all.add(recover(journal, found.get()));
                } else {
                    journal.remove();
                }
            } catch (BerthException | IOException e) {
                LOG.warn("Journal {} cannot be understood and is set aside: {}", journal.file(), e.getMessage());
                journal.setAside();
                all.add(new Recovered(
                        journal.id(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Recovered.Outcome.SET_ASIDE,
                        Optional.ofNullable(e.getMessage())));
            }
        }
        return List.copyOf(all);
    }

    private Recovered recover(Journal journal, Journal.Found found) {
        OperationKind<?> kind = kinds.get(found.header().kind());
        if (kind == null) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "no operation is named '%s'".formatted(found.header().kind()));
        }
        return recover(kind, journal, found);
    }

    private <P> Recovered recover(OperationKind<P> kind, Journal journal, Journal.Found found) {
        Journal.Header header = found.header();
        P plan = Yaml.readJson(header.plan().toString(), kind.planType());
        Actor actor = new Actor(header.by(), header.command());
        Recovered.Outcome outcome;
        Optional<String> problem = Optional.empty();
        try {
            outcome = mend(new Run<>(kind, plan, actor, Progress.none(), FailPoints.none()), journal, found);
        } catch (RuntimeException e) {
            LOG.debug("Mending '{}'", actor.command(), e);
            problem = Optional.of(String.valueOf(e.getMessage()));
            outcome = Recovered.Outcome.UNFINISHED;
        }
        LOG.warn(
                "'{}' of {} was cut off and is now {}{}",
                actor.command(),
                header.at(),
                outcome.name().toLowerCase(Locale.ROOT),
                problem.map(p -> ": " + p).orElse(""));
        return new Recovered(
                kind.name(),
                Optional.of(kind.subject(plan)),
                Optional.of(actor),
                Optional.of(header.at()),
                outcome,
                problem);
    }

    private <P> Recovered.Outcome mend(Run<P> run, Journal journal, Journal.Found found) {
        try {
            run.resume(journal, found, found.header().boot().equals(boot()) ? Run.Memory.EXACT : Run.Memory.LOST);
        } catch (RuntimeException e) {
            unfinished.put(run.subject(), run);
            throw e;
        }
        return run.isCommitted() ? Recovered.Outcome.COMPLETED : Recovered.Outcome.UNDONE;
    }

    /** Which life of the machine this is. Source: random(4). */
    private static String boot() {
        Path file = Path.of("/proc/sys/kernel/random/boot_id");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }

    /** Tries to end whatever could not be ended so far. What cannot be ended still is tried again as usual. */
    public void retry() {
        for (String subject : unfinished.keySet()) {
            try {
                settle(subject);
            } catch (BerthException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
    }

    /** Ends what an earlier operation on the same object could not end. */
    private void settle(String subject) {
        Run<?> former = unfinished.remove(subject);
        if (former == null) {
            return;
        }
        try {
            former.again();
        } catch (BerthException e) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "'%s' was not finished: %s".formatted(former.actor().command(), e.getMessage()),
                    "remove the cause and try again",
                    e);
        } finally {
            if (!former.isOver()) {
                unfinished.put(subject, former);
            }
        }
    }
}
