package berth.engine.idmap;

import java.util.Optional;

/**
 * What a user should be like. Starting from {@link #named}, which takes a free block of the default range, each method gives a
 * changed wish.
 *
 * @param maps the user and the group id map; empty to map the whole block
 * @param block where its block comes from; empty if it takes none
 * @param ugid the id of its system account; empty for one that is free
 */
public record NewUser(
        String name, Optional<Maps> maps, Optional<BlockWish> block, Optional<Long> ugid, boolean standalone) {
    /** The id maps of a user. */
    public record Maps(IdMap uids, IdMap gids) {}

    /** A block of {@code range}: number {@code index}, or any that is free. */
    public record BlockWish(String range, Optional<Long> index) {}

    /** A user that stays until it is deleted, with a free block of the default range. */
    public static NewUser named(String name) {
        return new NewUser(
                name,
                Optional.empty(),
                Optional.of(new BlockWish(IdRange.DEFAULT, Optional.empty())),
                Optional.empty(),
                true);
    }

    /** Whether any of its ids was named, so that no others will do. */
    boolean asksForIds() {
        return ugid.isPresent()
                || maps.isPresent()
                || block.flatMap(BlockWish::index).isPresent();
    }

    /** Under another name. */
    NewUser renamed(String other) {
        return new NewUser(other, maps, block, ugid, standalone);
    }

    /** With a free block of {@code range}. */
    public NewUser inRange(String range) {
        return new NewUser(name, maps, Optional.of(new BlockWish(range, Optional.empty())), ugid, standalone);
    }

    /** With block {@code index} of {@code range}, which must be free or allocated to the user's name. */
    public NewUser atBlock(String range, long index) {
        return new NewUser(name, maps, Optional.of(new BlockWish(range, Optional.of(index))), ugid, standalone);
    }

    /** With maps of its own and no block. */
    public NewUser mapped(IdMap uids, IdMap gids) {
        return new NewUser(name, Optional.of(new Maps(uids, gids)), Optional.empty(), ugid, standalone);
    }

    /** With maps of its own, which must lie within its block. */
    public NewUser mappedWithinBlock(IdMap uids, IdMap gids) {
        return new NewUser(name, Optional.of(new Maps(uids, gids)), block, ugid, standalone);
    }

    /** With a system account of that id. */
    public NewUser ugid(long id) {
        return new NewUser(name, maps, block, Optional.of(id), standalone);
    }

    /** To be deleted with its last container. */
    public NewUser withItsContainers() {
        return new NewUser(name, maps, block, ugid, false);
    }
}
