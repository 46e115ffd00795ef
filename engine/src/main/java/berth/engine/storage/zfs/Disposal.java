package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Destroys datasets. Each is first renamed into the pool's limbo, after which nobody meets it and its name is free; it is
 * destroyed in the background, and what could not be, when the pool is opened again. Others may be clones of its snapshots: one
 * of these is then made what the rest stands on, and the dataset a clone of that.
 */
final class Disposal {
    /** What a dataset has that is to be destroyed and could not be moved, since something keeps it in use. */
    private static final String DOOMED = "berth:doomed";

    private static final Logger LOG = LoggerFactory.getLogger(Disposal.class);

    private final Zfs zfs;
    private final Executor background;

    /** @param background one thread is enough */
    Disposal(Zfs zfs, Executor background) {
        this.zfs = zfs;
        this.background = background;
    }

    /**
     * Takes {@code dataset} out of sight, if it is there, and destroys it later.
     *
     * @param afterwards done after that, also in the background
     */
    void discard(ZfsPool pool, String dataset, Runnable afterwards) {
        String parked = pool.newInLimbo();
        try {
            Patience.whileBusy(
                    () -> zfs.run("%s cannot be destroyed".formatted(dataset), List.of("rename", dataset, parked)));
        } catch (BerthException e) {
            if (e.code() == ErrorCode.UNSUPPORTED || e.code() == ErrorCode.TIMEOUT) {
                throw e;
            }
            if (!zfs.exists(dataset)) {
                return;
            }
            zfs.run("%s cannot be destroyed".formatted(dataset), List.of("set", DOOMED + "=yes", dataset));
            LOG.warn("{} is destroyed when the pool is opened again: {}", dataset, e.getMessage());
            return;
        }
        background.execute(() -> {
            dispose(parked);
            try {
                afterwards.run();
            } catch (BerthException e) {
                LOG.warn("What nothing stands on stays in {}: {}", pool.bases(), e.getMessage());
            }
        });
    }

    /** Destroys {@code dataset}, which is in limbo; where it cannot be, it stays there. */
    void dispose(String dataset) {
        try {
            Patience.undisturbed(() -> Patience.whileBusy(() -> destroy(dataset)));
        } catch (BerthException e) {
            LOG.warn("{} stays until the pool is opened again: {}", dataset, e.getMessage());
        }
    }

    /** Destroys, in the background, all that is in limbo in {@code pool}, in which nothing is being made. */
    void empty(ZfsPool pool) {
        zfs.withProperty(DOOMED, "yes", "filesystem", pool.dataset()).forEach(d -> discard(pool, d, () -> {}));
        zfs.fileSystems(pool.limbo()).stream()
                .map(Zfs.Listed::name)
                .filter(name -> !name.equals(pool.limbo()))
                .forEach(this::disposeLater);
    }

    /** As {@link #dispose}, in the background. */
    void disposeLater(String dataset) {
        background.execute(() -> dispose(dataset));
    }

    /** Each promotion leaves it without the snapshots that others stand on, up to the latest of these. */
    private void destroy(String dataset) {
        if (zfs.succeeds("destroy", "-r", dataset) || !zfs.exists(dataset)) {
            return;
        }
        Optional<String> heir = heir(dataset);
        if (heir.isPresent()) {
            // Nobody makes clones of these any more: they go with the last that stands on them.
            zfs.snapshots(dataset).forEach(s -> zfs.succeeds("destroy", "-d", s));
            try {
                zfs.run(
                        "%s cannot take over what %s is".formatted(heir.get(), dataset),
                        List.of("promote", heir.get()));
            } catch (BerthException e) {
                if (zfs.exists(heir.get())) {
                    throw e;
                }
                // It was discarded itself since it was found, and has another name.
                destroy(dataset);
                return;
            }
        }
        zfs.run("%s cannot be destroyed".formatted(dataset), List.of("destroy", "-r", dataset));
    }

    /** Who stands on the latest snapshot of {@code dataset} that anybody stands on: others of this ZFS pool may, to which it was sent. */
    private Optional<String> heir(String dataset) {
        List<Zfs.Listed> all = zfs.fileSystems(ZfsPool.zpoolOf(dataset));
        Set<String> origins = new HashSet<>();
        all.forEach(d -> d.origin().ifPresent(origins::add));
        return zfs.snapshots(dataset).reversed().stream()
                .filter(origins::contains)
                .findFirst()
                .flatMap(snapshot -> all.stream()
                        .filter(d -> d.origin().equals(Optional.of(snapshot)))
                        .map(Zfs.Listed::name)
                        .findFirst());
    }
}
