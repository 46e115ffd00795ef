package berth.engine.idmap;

import java.util.Optional;

/**
 * A line of an id range's table: consecutive blocks.
 *
 * @param owner who has them; empty if they are free
 */
public record Block(long index, long count, Optional<String> owner) {
    static Block of(long index, long count, String owner) {
        return new Block(index, count, Optional.of(owner));
    }

    /** One more than the index of the last of them. */
    long end() {
        return index + count;
    }
}
