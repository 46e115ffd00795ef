package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which ids the users of a pool have: those of their maps, from blocks or not, and those of their system accounts. Safe for use by
 * several threads.
 */
final class UserIds {
    private static final Logger LOG = LoggerFactory.getLogger(UserIds.class);

    /**
     * From which ids those of system accounts are chosen. First those between nobody and SUB_UID_MIN: useradd(8) delegates ids from
     * 100 000 on without looking whether an account has them, and who is delegated the id of a monitor can kill it.
     */
    private static final List<HostIds> ACCOUNT_IDS =
            List.of(new HostIds(65_536, 34_464), new HostIds(100_000, 100_000));

    private final IdRanges ranges;
    private final IdLedger ledger;

    UserIds(IdRanges ranges, IdLedger ledger) {
        this.ranges = ranges;
        this.ledger = ledger;
    }

    /**
     * The user that is wished for, with ids that are held in memory from now on.
     *
     * @throws BerthException IN_USE if ids that were asked for belong to somebody else; EXHAUSTED if none are free; nothing is held
     */
    User choose(NewUser wish) {
        String name = wish.name();
        try {
            Optional<Block> block = wish.block().map(b -> ranges.plan(b.range(), optional(b.index()), 1, name));
            NewUser.Maps maps = maps(wish, block);
            List<HostIds> ids = new ArrayList<>(maps.uids().hostIds());
            ids.addAll(maps.gids().hostIds());
            if (wish.asksForIds()) {
                ledger.claim(holder(name), optional(wish.ugid()), ids);
            }
            return new User(
                    name,
                    accountId(wish),
                    maps.uids(),
                    maps.gids(),
                    block.flatMap(_ -> wish.block()).map(NewUser.BlockWish::range),
                    block.map(Block::index),
                    wish.standalone());
        } catch (RuntimeException e) {
            ranges.unplan(name);
            throw e;
        }
    }

    /** {@code user} with the host ids {@code ids}, which are block {@code index} of {@code range}, and an account of its own. */
    User moved(User user, HostIds ids, String range, long index) {
        return new User(
                user.name(),
                accountId(NewUser.named(user.name())),
                user.uidMap().movedTo(ids),
                user.gidMap().movedTo(ids),
                Optional.of(range),
                Optional.of(index),
                user.standalone());
    }

    /**
     * Holds the ids of a user that was read from disk, its block in the table too: those that somebody else has as well.
     *
     * @throws BerthException if it cannot have them
     */
    List<IdLedger.Conflict> restore(User user) {
        Optional<String> range = user.idRange();
        if (range.isPresent() && !ranges.has(range.get())) {
            LOG.warn("User '{}' has a block of id range '{}', which is not there", holder(user.name()), range.get());
        } else if (range.isPresent()) {
            ranges.allocate(
                    range.get(), block(user, range.get(), user.blockIndex().orElseThrow()));
        }
        return ledger.restore(holder(user.name()), OptionalLong.of(user.ugid()), user.hostIds());
    }

    /** Keeps from others what ids of {@code user}, which cannot have all of its own, nobody has. */
    void keep(User user) {
        ledger.keep(holder(user.name()), user.hostIds());
    }

    /**
     * Makes the ids of {@code user}, which may be planned, its own; its block durably. Whoever is not of this instance and took them
     * since they were planned is met when the user gets its account.
     */
    void reserve(User user) {
        if (user.idRange().isPresent() && user.blockIndex().isPresent()) {
            ranges.allocate(
                    user.idRange().get(),
                    block(user, user.idRange().get(), user.blockIndex().get()));
        }
        ledger.hold(holder(user.name()), user.hostIds());
    }

    /** Gives back the ids and blocks of {@code owner}. */
    void free(String owner) {
        ranges.free(owner);
    }

    /** Who holds the ids of user {@code name}, for messages and the ledger. */
    String holder(String name) {
        return ranges.holder(name);
    }

    /** Its block as the table has it, which may be one of several in a row that were allocated by hand. */
    private Block block(User user, String range, long index) {
        return ranges.at(range, index)
                .filter(b -> b.owner().equals(Optional.of(user.name())))
                .orElse(Block.of(index, 1, user.name()));
    }

    private static OptionalLong optional(Optional<Long> number) {
        return number.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private NewUser.Maps maps(NewUser wish, Optional<Block> block) {
        Optional<HostIds> blockIds =
                block.map(b -> ranges.get(wish.block().orElseThrow().range()).block(b.index(), b.count()));
        if (wish.maps().isEmpty()) {
            IdMap whole = IdMap.from(blockIds.orElseThrow(() -> new BerthException(
                    ErrorCode.INVALID, "user '%s' has neither a block nor a map".formatted(wish.name()))));
            return new NewUser.Maps(whole, whole);
        }
        NewUser.Maps maps = wish.maps().get();
        List<HostIds> ids = new ArrayList<>(maps.uids().hostIds());
        ids.addAll(maps.gids().hostIds());
        blockIds.ifPresent(within -> ids.stream()
                .filter(i -> !within.contains(i))
                .findFirst()
                .ifPresent(i -> {
                    throw new BerthException(
                            ErrorCode.INVALID,
                            "%s do not lie in the user's block, %s".formatted(i, within),
                            "choose host ids within the block, or leave --id-range-block-index out");
                }));
        return maps;
    }

    private long accountId(NewUser wish) {
        String holder = holder(wish.name());
        if (wish.ugid().isPresent()) {
            long ugid = wish.ugid().get();
            ledger.claim(holder, OptionalLong.of(ugid), List.of(HostIds.one(ugid)));
            return ugid;
        }
        for (HostIds ids : ACCOUNT_IDS) {
            OptionalLong id = ledger.claimOne(holder, ids);
            if (id.isPresent()) {
                return id.getAsLong();
            }
        }
        throw new BerthException(
                ErrorCode.EXHAUSTED,
                "no id is free for the system account of '%s'".formatted(holder),
                "choose one with --ugid");
    }
}
