package berth.engine.idmap;

import berth.engine.store.Broken;
import berth.engine.store.PerPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The id ranges and users of every open pool, and the system accounts of all of them. Safe for use by several threads. */
public final class UserStores {
    private record Open(IdRanges ranges, UserIds ids, Users users) {}

    private final String instance;
    private final SystemAccounts accounts;
    private final IdLedger ledger;
    private final PerPool<Open> pools = new PerPool<>();
    /** Pools of this host whose users cannot be read now. */
    private final Set<String> absent = ConcurrentHashMap.newKeySet();
    /** Accounts whose users were not read yet. The ledger knows them by these names, which no pool's holder can have. */
    private final Set<String> kept = ConcurrentHashMap.newKeySet();

    /** @param instance whose users these are */
    public UserStores(String instance, SystemAccounts accounts) {
        this.instance = instance;
        this.accounts = accounts;
        this.ledger = new IdLedger(accounts);
    }

    /**
     * Keeps the ids of this instance's accounts, before the first pool is opened, for the users whose accounts they are: these may
     * have containers that run, whichever pool is read first and whichever cannot be read at all.
     */
    public void keepAccounts() {
        accounts.owned().forEach((account, ids) -> {
            ledger.keep(account, ids);
            kept.add(account);
        });
    }

    /** Reads the ranges and users of {@code pool} from its {@code conf} directory. Returns what cannot be used. */
    public List<Broken> open(String pool, Path conf) {
        IdRanges ranges = new IdRanges(pool, conf, ledger);
        UserIds ids = new UserIds(ranges, ledger);
        Users users = new Users(instance, pool, conf, ids, accounts);
        users.accountNames().forEach(this::letGo);
        List<Broken> broken = new ArrayList<>(ranges.load());
        broken.addAll(users.load());
        pools.open(pool, new Open(ranges, ids, users));
        absent.remove(pool);
        return List.copyOf(broken);
    }

    /** Makes the system accounts of the users of {@code pool} exist. */
    public void register(String pool) {
        accounts.restore(of(pool).accounts());
    }

    /** Says that {@code pool} is one of this host, but cannot be opened: its users keep their accounts, as their containers may run. */
    public void misses(String pool) {
        absent.add(pool);
    }

    /** Makes the system accounts of all users exist, and no others of this instance unless a pool is missed. */
    public void reconcile() {
        List<Account> wanted = pools.all().values().stream()
                .map(p -> p.users().accounts())
                .flatMap(Collection::stream)
                .toList();
        if (absent.isEmpty()) {
            accounts.apply(wanted);
            List.copyOf(kept).forEach(this::letGo);
        } else {
            accounts.restore(wanted);
        }
    }

    private void letGo(String account) {
        if (kept.remove(account)) {
            ledger.release(account);
        }
    }

    /** Forgets the ranges and users of {@code pool}, and removes their system accounts. */
    public void close(String pool) {
        boolean wasOpen = pools.close(pool).isPresent();
        absent.remove(pool);
        if (wasOpen) {
            // The blocks stay allocated in the pool's files; only this host forgets them.
            ledger.releasePool(pool);
            reconcile();
        }
    }

    /** The names of the open pools. */
    public List<String> pools() {
        return List.copyOf(pools.all().keySet());
    }

    /** The users of {@code pool}. @throws BerthException NOT_FOUND if it is not open */
    public Users of(String pool) {
        return pools.of(pool).users();
    }

    /** Other ids for users of {@code pool}. @throws BerthException NOT_FOUND if it is not open */
    public UserRelocation relocation(String pool) {
        Open open = pools.of(pool);
        return new UserRelocation(open.users(), open.ids(), open.ranges(), ledger);
    }

    /** The id ranges of {@code pool}. @throws BerthException NOT_FOUND if it is not open */
    public IdRanges ranges(String pool) {
        return pools.of(pool).ranges();
    }
}
