package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Who holds which host ids, across all pools of an instance: no id has two holders, and none is held that belongs to an account
 * of the host or is delegated to one in /etc/subuid or /etc/subgid.
 *
 * <p>User and group ids are one space here: what is a user id to one holder is no group id to another. A holder is named
 * {@code pool:owner}. The ledger is memory only; it is filled from what pools have on disk. Safe for use by several threads.
 */
public final class IdLedger {
    private final SystemAccounts accounts;
    /** Disjoint, by their first id. */
    private final TreeMap<Long, Claim> claims = new TreeMap<>();

    private final Map<String, List<HostIds>> byHolder = new HashMap<>();

    public IdLedger(SystemAccounts accounts) {
        this.accounts = accounts;
    }

    private record Claim(HostIds ids, String holder) {}

    /** Ids and who has them. */
    public record Conflict(HostIds ids, String holder) {}

    /**
     * Gives {@code wanted} to {@code holder}, all or nothing. What it has already stays its own.
     *
     * @param ugid the system account of the holder, if it has one: what is delegated to that id is no obstacle
     * @throws BerthException IN_USE, naming who has some of them
     */
    public synchronized void claim(String holder, OptionalLong ugid, Collection<HostIds> wanted) {
        List<SystemAccounts.Foreign> foreign = accounts.foreign();
        for (HostIds ids : wanted) {
            claimed(holder, ids).or(() -> foreign(foreign, ugid, ids)).ifPresent(c -> refuse(holder, ids, c));
        }
        enter(holder, wanted);
    }

    /**
     * Gives {@code holder} what it has had since before the daemon started.
     *
     * @return what belongs, by now, to others on this host: it is given nevertheless, as taking a container away from its user
     *     would not make it safer
     * @throws BerthException IN_USE if some of it belongs to another holder
     */
    public synchronized List<Conflict> restore(String holder, OptionalLong ugid, Collection<HostIds> owned) {
        hold(holder, owned);
        List<SystemAccounts.Foreign> foreign = accounts.foreign();
        return owned.stream()
                .flatMap(ids -> foreign(foreign, ugid, ids).stream())
                .distinct()
                .toList();
    }

    /**
     * As {@link #claim}, but of ids that were free when they were planned, or are a user's already: nobody but the other holders is
     * an obstacle.
     */
    synchronized void hold(String holder, Collection<HostIds> wanted) {
        for (HostIds ids : wanted) {
            claimed(holder, ids).ifPresent(c -> refuse(holder, ids, c));
        }
        enter(holder, wanted);
    }

    /** Gives {@code holder} those of {@code ids} that no other holder has any of, so that nobody is given them. */
    synchronized void keep(String holder, Collection<HostIds> ids) {
        enter(holder, ids.stream().filter(i -> claimed(holder, i).isEmpty()).toList());
    }

    /** Gives {@code holder} one id of {@code within} that nobody has, not even itself. Empty if there is none. */
    public synchronized OptionalLong claimOne(String holder, HostIds within) {
        OptionalLong free = firstFree(within.start(), 1, within.count(), 0, 1);
        free.ifPresent(i -> enter(holder, List.of(HostIds.one(within.start() + i))));
        return free.isPresent() ? OptionalLong.of(within.start() + free.getAsLong()) : OptionalLong.empty();
    }

    /**
     * The first index, from {@code from} on, of {@code count} blocks in a row that nobody has any id of. Block {@code i} of
     * {@code blocks} has {@code size} ids from {@code start + i * size} on.
     */
    synchronized OptionalLong firstFree(long start, long size, long blocks, long from, long count) {
        List<SystemAccounts.Foreign> foreign = accounts.foreign();
        long at = from;
        while (at <= blocks - count) {
            HostIds ids = new HostIds(start + at * size, count * size);
            Optional<Conflict> taken = claimed("", ids).or(() -> foreign(foreign, OptionalLong.empty(), ids));
            if (taken.isEmpty()) {
                return OptionalLong.of(at);
            }
            at = Math.max(at + 1, Math.ceilDiv(taken.get().ids().end() - start, size));
        }
        return OptionalLong.empty();
    }

    /** A holder, whoever it is, of some of {@code ids}. */
    synchronized Optional<Conflict> holding(HostIds ids) {
        return claimed("", ids);
    }

    private void enter(String holder, Collection<HostIds> wanted) {
        List<HostIds> all = new ArrayList<>(byHolder.getOrDefault(holder, List.of()));
        all.addAll(wanted);
        release(holder);
        List<HostIds> merged = merge(all);
        byHolder.put(holder, merged);
        merged.forEach(ids -> claims.put(ids.start(), new Claim(ids, holder)));
    }

    /** Leaves {@code holder} nothing but {@code kept}, which it has. */
    synchronized void replace(String holder, Collection<HostIds> kept) {
        release(holder);
        enter(holder, kept);
    }

    /** Takes everything from {@code holder}; nothing happens if it has nothing. */
    public synchronized void release(String holder) {
        List<HostIds> ids = byHolder.remove(holder);
        if (ids != null) {
            ids.forEach(i -> claims.remove(i.start()));
        }
    }

    /** Takes everything from every holder of {@code pool}. */
    public synchronized void releasePool(String pool) {
        List<String> holders =
                byHolder.keySet().stream().filter(h -> h.startsWith(pool + ":")).toList();
        holders.forEach(this::release);
    }

    private Optional<Conflict> claimed(String holder, HostIds ids) {
        Map.Entry<Long, Claim> before = claims.floorEntry(ids.start());
        long from = before != null && before.getValue().ids().end() > ids.start() ? before.getKey() : ids.start();
        for (Claim claim : claims.subMap(from, true, ids.end(), false).values()) {
            if (!claim.holder().equals(holder)) {
                return Optional.of(new Conflict(claim.ids(), "'" + claim.holder() + "'"));
            }
        }
        return Optional.empty();
    }

    private static Optional<Conflict> foreign(List<SystemAccounts.Foreign> foreign, OptionalLong ugid, HostIds ids) {
        for (SystemAccounts.Foreign other : foreign) {
            if (other.ids().overlaps(ids) && !other.isDelegatedTo(ugid)) {
                return Optional.of(new Conflict(other.ids(), other.owner()));
            }
        }
        return Optional.empty();
    }

    private static void refuse(String holder, HostIds ids, Conflict conflict) {
        throw new BerthException(
                ErrorCode.IN_USE,
                "%s cannot be given to '%s': %s %s"
                        .formatted(ids, holder, conflict.ids().belongTo(), conflict.holder()),
                "choose ids that nobody uses");
    }

    private static List<HostIds> merge(List<HostIds> ids) {
        List<HostIds> sorted =
                ids.stream().sorted(Comparator.comparingLong(HostIds::start)).toList();
        List<HostIds> merged = new ArrayList<>();
        for (HostIds next : sorted) {
            if (!merged.isEmpty() && next.start() <= merged.getLast().end()) {
                HostIds last = merged.removeLast();
                merged.add(new HostIds(last.start(), Math.max(last.end(), next.end()) - last.start()));
            } else {
                merged.add(next);
            }
        }
        return List.copyOf(merged);
    }
}
