package berth.engine.share;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Volume;
import berth.engine.store.Change;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A dataset that belongs to a pool, there or in the trash. Its files are stored with the ids that guests see.
 *
 * @param id what names it as long as it lives, whatever it is called: {@code media@1f3a6c02}
 * @param name what it is called, unique among those of its pool that are not in the trash
 * @param quota the most bytes that it may take; null if there is no bound
 * @param deleted who put it into the trash, and when; null if it is not there
 */
public record SharedDataset(
        String id,
        String name,
        @Nullable Long quota,
        @Nullable Change deleted) {
    /** Begins the names of their layers: no container's layer can have such a one. */
    private static final String LAYER = "shared@";

    public SharedDataset {
        DatasetName.requireName(name);
        int mark = id.indexOf('@');
        if (mark < 1 || !id.substring(mark + 1).matches("[0-9a-f]{8}")) {
            throw new BerthException(ErrorCode.INVALID, "'%s' does not name a dataset of a pool".formatted(id));
        }
        DatasetName.requireName(id.substring(0, mark));
        Volume.requireQuota(quota);
    }

    /** A new one. */
    static SharedDataset fresh(String name, String random, @Nullable Long quota) {
        return new SharedDataset(name + "@" + random, name, quota, null);
    }

    /** The layer of its pool that it is. */
    String layer() {
        return LAYER + id;
    }

    /** The most bytes that it may take; empty if there is no bound. */
    public OptionalLong bound() {
        return quota == null ? OptionalLong.empty() : OptionalLong.of(quota);
    }

    /** Who put it into the trash, and when; empty if it is not there. */
    public Optional<Change> deletion() {
        return Optional.ofNullable(deleted);
    }

    boolean isInTrash() {
        return deleted != null;
    }

    /** With another bound, or none. */
    SharedDataset bounded(@Nullable Long bytes) {
        return new SharedDataset(id, name, bytes, deleted);
    }

    /** In the trash because of {@code change}. */
    SharedDataset discarded(Change change) {
        return new SharedDataset(id, name, quota, change);
    }

    /** Back from the trash, called {@code other}. */
    SharedDataset restored(String other) {
        return new SharedDataset(id, other, quota, null);
    }
}
