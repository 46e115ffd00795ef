package berth.engine.container;

import berth.engine.mount.Mount;
import berth.engine.store.Change;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dataset in the trash. Its layers are named by the {@link berth.engine.storage.Dataset} of the same id.
 *
 * @param id what names it in the trash, for instance {@code web/1f3a6c02}: no container can have such an id
 * @param container the container that had it
 * @param user the user of that, to whose ids its files belong
 * @param name what it was called there
 * @param mounts where it was mounted; nowhere if null
 * @param change who deleted it, and when
 */
record TrashedDataset(
        String id,
        String container,
        String user,
        String name,
        @Nullable List<Mount> mounts,
        Change change) {
    TrashedDataset {
        mounts = mounts == null ? List.of() : List.copyOf(mounts);
    }

    /** Where it was mounted; never null. */
    @Override
    public List<Mount> mounts() {
        return mounts == null ? List.of() : mounts;
    }

    /** As its users call it: {@code web/data}. */
    String path() {
        return container + "/" + name;
    }

    /** Whether {@code text} means it: its key, or its path. */
    boolean isMeantBy(String text) {
        return id.equals(text) || path().equals(text);
    }

    /** A key in the trash for a dataset of {@code container}. */
    static String key(String container, String random) {
        return container + "/" + random;
    }
}
