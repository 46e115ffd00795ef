package berth.engine.backup;

import berth.engine.BerthException;
import berth.engine.image.ContentList;
import berth.engine.image.ListedArchive;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the files of a container were in a backup before, asked for in the order in which that has them. */
final class FormerListing implements AutoCloseable {
    private final @Nullable ListedArchive archive;
    private Optional<ListedArchive.Listed> current = Optional.empty();
    private boolean over;

    /** @param archive null if there is none */
    FormerListing(@Nullable ListedArchive archive) {
        this.archive = archive;
        this.over = archive == null;
    }

    /** What {@code path} was. One that cannot be read on knows nothing any more. */
    Optional<ContentList> find(String path) {
        while (!over
                && current.map(c -> ListedArchive.compare(c.path(), path) < 0).orElse(true)) {
            advance();
        }
        return current.filter(c -> c.path().equals(path)).map(ListedArchive.Listed::content);
    }

    @Override
    public void close() {
        if (archive != null) {
            archive.close();
        }
    }

    private void advance() {
        try {
            current = archive == null ? Optional.empty() : archive.next();
        } catch (BerthException e) {
            // It is damaged, which 'ct backup verify' tells; then all is read again.
            current = Optional.empty();
        }
        over = current.isEmpty();
    }
}
