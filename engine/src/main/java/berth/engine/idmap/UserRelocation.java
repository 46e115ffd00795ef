package berth.engine.idmap;

import berth.engine.BerthException;
import java.util.List;
import java.util.OptionalLong;

/**
 * Other ids for users of a pool that came from elsewhere, where theirs are somebody else's on this host. Whoever plans either
 * goes through with it, by {@link #replace} and then {@link #settle}, or calls {@link #abandon}. The pool's lock is held.
 */
public final class UserRelocation {
    private final Users users;
    private final UserIds ids;
    private final IdRanges ranges;
    private final IdLedger ledger;

    UserRelocation(Users users, UserIds ids, IdRanges ranges, IdLedger ledger) {
        this.users = users;
        this.ids = ids;
        this.ranges = ranges;
        this.ledger = ledger;
    }

    /** The users some of whose ids somebody else has. */
    public List<User> displaced() {
        return users.displaced();
    }

    /** Those of them that cannot be used for that reason. */
    public List<User> unusable() {
        return users.unusable();
    }

    /**
     * What {@code user} is with ids that are free, which are held in memory from now on.
     *
     * @throws BerthException EXHAUSTED if there are none
     */
    public User plan(User user) {
        String range = user.idRange().filter(ranges::has).orElse(IdRange.DEFAULT);
        try {
            Block block = ranges.plan(range, OptionalLong.empty(), 1, user.name());
            HostIds free = ranges.get(range).block(block.index(), block.count());
            return ids.moved(user, free, range, block.index());
        } catch (RuntimeException e) {
            abandon(user);
            throw e;
        }
    }

    /** Holds what was planned, also in another process. */
    public void hold(User planned) {
        ledger.claim(ranges.holder(planned.name()), OptionalLong.of(planned.ugid()), planned.hostIds());
    }

    /** Lets go of what was planned for {@code user}; it has what it had. */
    public void abandon(User user) {
        String holder = ranges.holder(user.name());
        ledger.release(holder);
        users.known(user.name()).ifPresent(u -> ledger.keep(holder, u.hostIds()));
    }

    /** Makes a user what was planned, durably. May be repeated. */
    public void replace(User planned) {
        users.replace(planned);
    }

    /** Whether {@link #replace} has made it that. */
    public boolean isReplaced(User planned) {
        return users.known(planned.name()).filter(planned::equals).isPresent();
    }

    /** Writes what {@code former} was again, after {@link #replace} failed. */
    public void takeBack(User former) {
        users.rewrite(former);
    }

    /**
     * Lets go of the ids that it had. One whose new ids others got meanwhile, as its pool was away after {@link #replace}, keeps what
     * blocks it has, and is {@link #unusable} again. May be repeated.
     */
    public void settle(User planned) {
        if (users.find(planned.name()).isEmpty()) {
            return;
        }
        // What it has now is never free in between.
        ranges.freeBlocks(planned.name());
        ledger.replace(ranges.holder(planned.name()), planned.hostIds());
        ids.reserve(planned);
    }
}
