package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Actor;
import berth.engine.operation.FailPoints;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Operations;
import berth.engine.operation.Progress;
import berth.engine.store.Broken;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two pools with id ranges that lie over each other, on a host of a few files. */
abstract class UsersFixture {
    private static final Actor ROOT = new Actor("root", "user new");

    @TempDir
    Path dir;

    Host host = new Host();
    SystemAccounts accounts = host.accounts("osctl");
    UserStores stores = new UserStores("osctl", accounts);
    Pool tank = new Pool(host, stores, "tank");
    Pool data = tank;
    List<Broken> broken = List.of();

    /** One pool, as the daemon uses it. */
    record Pool(Host host, UserStores stores, String name) {
        Path conf() {
            return host.conf(name);
        }

        Users users() {
            return stores.of(name);
        }

        IdRanges ranges() {
            return stores.ranges(name);
        }

        User plan(NewUser wish) {
            return users().plan(wish);
        }

        User create(NewUser wish) {
            return create(wish, "");
        }

        User create(NewUser wish, String failPoint) {
            User user = plan(wish);
            run(users().creation(), user, failPoint);
            return user;
        }

        void delete(String user) {
            run(users().deletion(), users().get(user), "");
        }

        private void run(OperationKind<User> kind, User user, String failPoint) {
            FailPoints failPoints = FailPoints.parse(failPoint, () -> {
                throw new BerthException(ErrorCode.EXHAUSTED, "no space left");
            });
            new Operations(conf().resolve("journal"), List.of(kind), () -> Instant.EPOCH, failPoints)
                    .run(kind, user, ROOT, Progress.none());
        }

        List<Block> allocated() {
            return ranges().table("default", IdRanges.Show.ALLOCATED);
        }
    }

    @BeforeEach
    void openPools() {
        host = Host.in(dir);
        restart();
    }

    void restart() {
        accounts = host.accounts("osctl");
        stores = new UserStores("osctl", accounts);
        tank = new Pool(host, stores, "tank");
        data = new Pool(host, stores, "data");
        broken = new ArrayList<>(stores.open("tank", tank.conf()));
        broken.addAll(stores.open("data", data.conf()));
    }

    static IdMap ids(long start, long count) {
        return IdMap.from(new HostIds(start, count));
    }

    static NewUser mapped(String name, long start, long count) {
        return NewUser.named(name).mapped(ids(start, count), ids(start, count));
    }
}
