package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.ObjectStore;
import java.nio.file.Path;

/**
 * How new the signed indexes are that were read, so that nobody can go back to one of them, with images whose faults were mended
 * since. One thread at a time.
 */
final class IndexSerials {
    private final ObjectStore<Seen> store;

    /** @param serial the largest of {@code repository} that was read */
    record Seen(String repository, long serial) {}

    IndexSerials(Path directory) {
        this.store = new ObjectStore<>(directory, Seen.class, Seen::repository);
    }

    /** The index of {@code repository} has {@code serial}. @throws BerthException UNTRUSTED if a newer one was read before */
    void advance(String repository, long serial) {
        long newest = store.read(repository).map(Seen::serial).orElse(Long.MIN_VALUE);
        if (serial < newest) {
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "the index of repository '%s' is older (%d) than one that it had before (%d)"
                            .formatted(repository, serial, newest),
                    "somebody may be keeping newer images from you; if whoever keeps it went back on purpose,"
                            + " 'osctl repository sign' makes its index the newest");
        }
        if (serial > newest) {
            store.save(new Seen(repository, serial));
        }
    }

    void forget(String repository) {
        if (store.ids().contains(repository)) {
            store.remove(repository);
        }
    }
}
