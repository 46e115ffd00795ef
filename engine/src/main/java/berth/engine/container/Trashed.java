package berth.engine.container;

import berth.engine.storage.Pool;
import berth.engine.store.Revision;
import java.time.Instant;

/**
 * A container in the trash: its specification under another id, whose newest revision says who deleted it.
 *
 * @param pool the pool that holds it
 * @param revision what it is
 */
public record Trashed(Pool pool, Revision<ContainerSpec> revision) {
    private static final char MARK = '@';

    /** What names it in the trash, for instance {@code web@1f3a6c02}: no container can have such an id. */
    public String key() {
        return spec().id();
    }

    /** The id that it had. */
    public String container() {
        return key().substring(0, key().lastIndexOf(MARK));
    }

    /** When it was deleted. */
    public Instant at() {
        return revision.change().at();
    }

    /** Who deleted it. */
    public String by() {
        return revision.change().by();
    }

    /** The command that deleted it. */
    public String command() {
        return revision.change().command();
    }

    /** What it is, with {@link #key} for its id. */
    public ContainerSpec spec() {
        return revision.value();
    }

    /** A name in the trash for container {@code id}. */
    static String key(String id, String random) {
        return id + MARK + random;
    }
}
