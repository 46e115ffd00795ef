package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.operation.Actor;
import berth.engine.operation.FailPoints;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Operations;
import berth.engine.operation.Progress;
import berth.engine.store.Broken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersTest {
    private static final Actor ROOT = new Actor("root", "user new");

    @TempDir
    private Path dir;

    private Host host = new Host();
    private SystemAccounts accounts = host.accounts("osctl");
    private UserStores stores = new UserStores("osctl", accounts);
    private Pool tank = new Pool(host, stores, "tank");
    private Pool data = tank;
    private List<Broken> broken = List.of();

    /** One pool, as the daemon uses it. */
    private record Pool(Host host, UserStores stores, String name) {
        private Path conf() {
            return host.conf(name);
        }

        private Users users() {
            return stores.of(name);
        }

        private IdRanges ranges() {
            return stores.ranges(name);
        }

        private User plan(NewUser wish) {
            return users().plan(wish);
        }

        private User create(NewUser wish) {
            return create(wish, "");
        }

        private User create(NewUser wish, String failPoint) {
            User user = plan(wish);
            run(users().creation(), user, failPoint);
            return user;
        }

        private void delete(String user) {
            run(users().deletion(), users().get(user), "");
        }

        private void run(OperationKind<User> kind, User user, String failPoint) {
            FailPoints failPoints = FailPoints.parse(failPoint, () -> {
                throw new BerthException(ErrorCode.EXHAUSTED, "no space left");
            });
            new Operations(conf().resolve("journal"), List.of(kind), () -> Instant.EPOCH, failPoints)
                    .run(kind, user, ROOT, Progress.none());
        }

        private List<Block> allocated() {
            return ranges().table("default", IdRanges.Show.ALLOCATED);
        }
    }

    @BeforeEach
    void openPools() {
        host = Host.in(dir);
        restart();
    }

    private void restart() {
        accounts = host.accounts("osctl");
        stores = new UserStores("osctl", accounts);
        tank = new Pool(host, stores, "tank");
        data = new Pool(host, stores, "data");
        broken = new ArrayList<>(stores.open("tank", tank.conf()));
        broken.addAll(stores.open("data", data.conf()));
    }

    private static IdMap ids(long start, long count) {
        return IdMap.from(new HostIds(start, count));
    }

    private static NewUser mapped(String name, long start, long count) {
        return NewUser.named(name).mapped(ids(start, count), ids(start, count));
    }

    @Test
    void byDefaultAUserGetsTheFirstFreeBlockAndAFreeAccountId() {
        User user = tank.create(NewUser.named("web"));
        assertThat(user.uidMap()).isEqualTo(ids(1_000_000, 65_536));
        assertThat(user.idRange()).contains("default");
        assertThat(user.blockIndex()).contains(0L);
        assertThat(user.ugid()).isEqualTo(65_536);
        assertThat(user.standalone()).isTrue();
        assertThat(tank.users().get("web")).isEqualTo(user);
        assertThat(accounts.names()).containsExactly("osctl-tank-web");
        assertThat(tank.create(NewUser.named("db").withItsContainers()).uidMap())
                .isEqualTo(ids(1_065_536, 65_536));
    }

    @Test
    void aUserIsAReadableFile() {
        tank.create(NewUser.named("web"));
        assertThat(tank.conf().resolve("user/web.yml")).hasContent("""
                name: web
                ugid: 65536
                uid_map:
                - 0:1000000:65536
                gid_map:
                - 0:1000000:65536
                id_range: default
                block_index: 0
                standalone: true
                """);
        assertThat(tank.conf().resolve("id-range/default.table")).hasContent("0 1 web");
        assertThat(tank.conf().resolve("id-range/default.yml")).hasContent("""
                name: default
                start_id: 1000000
                block_size: 65536
                block_count: 65520
                """);
    }

    @Test
    void poolsWhoseRangesLieOverEachOtherGiveNoIdTwice() {
        User web = tank.create(NewUser.named("web"));
        User same = data.create(NewUser.named("web"));
        assertThat(same.uidMap().overlaps(web.uidMap())).isFalse();
        assertThat(same.ugid()).isNotEqualTo(web.ugid());
        assertThat(same.blockIndex()).contains(1L);
    }

    @Test
    void theSeedsUserIsMade() {
        User user = tank.create(mapped("myuser01", 666_000, 65_536).ugid(5000));
        assertThat(user.ugid()).isEqualTo(5000);
        assertThat(host.read("subuid")).endsWith("osctl-tank-myuser01:666000:65536");
    }

    @Test
    void aBlockCanBeChosen() {
        User user = tank.create(NewUser.named("web").atBlock("default", 7));
        assertThat(user.uidMap()).isEqualTo(ids(1_000_000 + 7 * 65_536, 65_536));
        assertThatThrownBy(() -> tank.plan(NewUser.named("db").atBlock("default", 7)))
                .hasMessageContaining("belong to 'tank:web'");
        assertThatThrownBy(() -> tank.plan(NewUser.named("db").atBlock("default", 65_520)))
                .hasMessageContaining("has no blocks");
    }

    @Test
    void aBlockThatWasAllocatedForTheUserIsUsed() {
        tank.ranges().allocate("default", OptionalLong.of(3), 1, "web");
        assertThat(tank.create(NewUser.named("db")).blockIndex()).contains(0L);
        assertThatThrownBy(() -> tank.plan(NewUser.named("db2").atBlock("default", 3)))
                .isInstanceOf(BerthException.class);
        assertThat(tank.create(NewUser.named("web").atBlock("default", 3)).blockIndex())
                .contains(3L);
    }

    @Test
    void ownMapsMayLieInABlockButNotReachOutOfIt() {
        IdMap within = ids(1_000_100, 1000);
        User user = tank.create(NewUser.named("web").atBlock("default", 0).mappedWithinBlock(within, within));
        assertThat(user.uidMap()).isEqualTo(within);
        IdMap out = ids(1_065_536, 65_537);
        assertThatThrownBy(() ->
                        tank.plan(NewUser.named("db").atBlock("default", 1).mappedWithinBlock(out, out)))
                .hasMessageContaining("do not lie in the user's block");
        assertThat(tank.plan(NewUser.named("db").atBlock("default", 1)).blockIndex())
                .contains(1L);
    }

    @Test
    void anyOverlapIsRefusedAndNamesTheHolder() {
        tank.create(NewUser.named("web"));
        data.create(mapped("db", 700_000, 100));
        assertThatThrownBy(() -> tank.plan(mapped("x", 1_065_535, 2)))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE))
                .hasMessage(
                        "ids 1065535-1065536 cannot be given to 'tank:x': ids 1000000-1065535 belong to 'tank:web'");
        assertThatThrownBy(() -> tank.plan(mapped("x", 700_099, 1))).hasMessageContaining("'data:db'");
        assertThatThrownBy(() -> tank.plan(mapped("x", 65_000, 1000)))
                .hasMessageContaining("id 65536 belongs to 'tank:web'");
        assertThatThrownBy(() -> tank.plan(mapped("x", 100_000, 10))).hasMessageContaining("'alice', by");
        assertThatThrownBy(() -> tank.plan(mapped("x", 0, 10))).hasMessageContaining("account 'root'");
    }

    @Test
    void aRefusedPlanHoldsNothing() {
        assertThatThrownBy(() -> tank.plan(NewUser.named("x").ugid(1000))).hasMessageContaining("account 'alice'");
        assertThat(tank.plan(NewUser.named("y")).blockIndex()).contains(0L);
    }

    @Test
    void aReleasedPlanHoldsNothing() {
        tank.users().release(tank.plan(NewUser.named("x")));
        assertThat(tank.plan(NewUser.named("y")).blockIndex()).contains(0L);
    }

    @Test
    void whatIsPlannedIsNotGivenToOthers() {
        List<User> plans = IntStream.range(0, 50)
                .parallel()
                .mapToObj(n -> tank.plan(NewUser.named("u" + n)))
                .toList();
        assertThat(plans).extracting(User::ugid).doesNotHaveDuplicates();
        assertThat(plans).extracting(User::blockIndex).doesNotHaveDuplicates();
    }

    @Test
    void aMapThatHoldsItsOwnAccountIsRefused() {
        assertThatThrownBy(() -> tank.plan(mapped("x", 200_000, 10).ugid(200_005)))
                .hasMessageContaining("would map its own system account");
    }

    @Test
    void aNameIsUsedOnceAndSpeltSimply() {
        tank.create(NewUser.named("web"));
        assertThatThrownBy(() -> tank.plan(NewUser.named("web")))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EXISTS));
        assertThatThrownBy(() -> tank.plan(NewUser.named("We b"))).hasMessageContaining("is not a name for a user");
    }

    @Test
    void aDeletedUserLeavesNothing() {
        List<String> passwd = host.read("passwd");
        User user = tank.create(NewUser.named("web"));
        tank.delete("web");
        assertThat(host.read("passwd")).isEqualTo(passwd);
        assertThat(tank.users().find("web")).isEmpty();
        assertThat(tank.allocated()).isEmpty();
        assertThat(tank.plan(NewUser.named("other")).uidMap()).isEqualTo(user.uidMap());
    }

    @Test
    void aUserWithContainersIsNotUnused() {
        User user = tank.create(NewUser.named("web"));
        assertThatThrownBy(() -> tank.users().requireUnused(user, u -> List.of("ct1", "ct2")))
                .hasMessage("user 'web' still has containers: ct1, ct2");
    }

    @Test
    void aFailedCreationLeavesNothing() {
        assertThatThrownBy(() -> tank.create(NewUser.named("web"), "after:add system account"))
                .hasMessage("no space left");
        assertThat(host.read("subuid")).hasSize(1);
        assertThat(tank.allocated()).isEmpty();
        assertThat(tank.plan(NewUser.named("other")).blockIndex()).contains(0L);
    }

    @Test
    void usersAndBlocksComeBackAfterARestart() {
        tank.create(NewUser.named("web"));
        data.create(mapped("db", 700_000, 100));
        restart();
        assertThat(broken).isEmpty();
        assertThat(tank.users().list()).extracting(User::name).containsExactly("web");
        assertThat(tank.allocated()).containsExactly(new Block(0, 1, Optional.of("web")));
        assertThatThrownBy(() -> tank.plan(mapped("x", 700_000, 1))).hasMessageContaining("'data:db'");
        assertThat(data.plan(NewUser.named("next")).blockIndex()).contains(1L);
    }

    @Test
    void theBlockOfABrokenUserIsNotGivenAway() throws IOException {
        tank.create(NewUser.named("web"));
        Files.writeString(tank.conf().resolve("user/web.yml"), "oops");
        restart();
        assertThat(broken).extracting(Broken::id).containsExactly("web");
        assertThat(tank.plan(NewUser.named("next")).blockIndex()).contains(1L);
    }

    @Test
    void aUserOfAnotherHostWhoseIdsAreTakenHereIsLeftOutButKept() throws IOException {
        tank.create(NewUser.named("web"));
        Files.createDirectories(data.conf().resolve("user"));
        Path file = data.conf().resolve("user/guest.yml");
        Files.writeString(
                file, Files.readString(tank.conf().resolve("user/web.yml")).replace("web", "guest"));
        restart();
        assertThat(broken).extracting(Broken::id).containsExactly("guest");
        assertThat(file).exists();
        assertThatThrownBy(() -> data.users().get("guest"))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE));
        assertThatThrownBy(() -> data.plan(NewUser.named("guest"))).hasMessageContaining("already has a user 'guest'");
    }

    @Test
    void usersStayUsableWhenSomebodyElseIsDelegatedTheirIdsLater() {
        tank.create(NewUser.named("web"));
        host.write("subuid", "bob:1000000:65536\nbob:65536:10\n");
        restart();
        assertThat(broken).isEmpty();
        assertThat(tank.users().get("web").ugid()).isEqualTo(65_536);
    }

    @Test
    void aRangeWithABrokenTableIsNotUsedAndNotReplaced() throws IOException {
        tank.create(NewUser.named("web"));
        Files.writeString(tank.conf().resolve("id-range/default.table"), "zero one web\n");
        restart();
        assertThat(broken).extracting(Broken::id).containsExactly("default");
        assertThat(tank.users().get("web").name()).isEqualTo("web");
        assertThatThrownBy(() -> tank.plan(NewUser.named("db"))).hasMessage("pool 'tank' has no id range 'default'");
    }

    @Test
    void rangesAreMadeShownAndRemoved() {
        tank.ranges().create(new IdRange("small", 5_000_000, 1000, 4));
        tank.create(NewUser.named("a").inRange("small"));
        tank.create(NewUser.named("b").atBlock("small", 2));
        assertThat(tank.ranges().table("small", IdRanges.Show.ALL))
                .containsExactly(
                        new Block(0, 1, Optional.of("a")),
                        new Block(1, 1, Optional.empty()),
                        new Block(2, 1, Optional.of("b")),
                        new Block(3, 1, Optional.empty()));
        assertThat(tank.ranges().table("small", IdRanges.Show.FREE)).hasSize(2);
        assertThatThrownBy(() -> tank.ranges().remove("small")).hasMessageContaining("the first belongs to 'a'");
        tank.delete("a");
        tank.delete("b");
        tank.ranges().remove("small");
        assertThat(tank.ranges().list()).extracting(IdRange::name).containsExactly("default");
        assertThat(tank.conf().resolve("id-range")).isDirectoryNotContaining("glob:**small*");
    }

    @Test
    void anExhaustedRangeSaysSo() {
        tank.ranges().create(new IdRange("small", 5_000_000, 1000, 2));
        tank.create(mapped("in-the-way", 5_001_999, 1));
        tank.create(NewUser.named("a").inRange("small"));
        assertThatThrownBy(() -> tank.plan(NewUser.named("b").inRange("small")))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EXHAUSTED))
                .hasMessage("id range 'tank:small' has no 1 free blocks in a row");
    }

    @Test
    void blocksAllocatedByHandAreFreedByHandButNotThoseOfUsers() {
        tank.ranges().allocate("default", OptionalLong.empty(), 3, "reserve");
        User user = tank.create(NewUser.named("web"));
        assertThat(user.blockIndex()).contains(3L);
        tank.users().freeBlocks("reserve");
        assertThatThrownBy(() -> tank.users().freeBlocks("web")).hasMessageContaining("those of the user");
        assertThat(tank.create(NewUser.named("db")).blockIndex()).contains(0L);
    }

    @Test
    void rangesOutsideTheIdsOfTheKernelAreRefused() {
        assertThatThrownBy(() -> new IdRange("x", 4_294_900_000L, 65_536, 2)).hasMessageContaining("out of range");
        assertThatThrownBy(() -> new IdRange("x", 0, 1, 1)).hasMessageContaining("out of range");
        assertThat(IdRange.usual().lastId()).isLessThan(HostIds.LIMIT);
    }

    @Test
    void aUserOfAContainerAloneIsNamedLikeItOrNumbered() {
        tank.create(NewUser.named("web"));
        User planned = tank.users().planOwned("Web");
        assertThat(planned.name()).isEqualTo("web-2");
        assertThat(planned.standalone()).isFalse();
        assertThat(tank.users().planOwned("web").name()).isEqualTo("web-3");
        tank.users().release(planned);
        assertThat(tank.users().planOwned("web").name()).isEqualTo("web-2");
    }

    @Test
    void missingAccountsAreMadeAndStrayOnesRemovedAtTheStart() {
        tank.create(NewUser.named("web"));
        data.create(NewUser.named("db"));
        host.write("passwd", """
                root:x:0:0:root:/root:/bin/bash
                osctl-tank-old:x:70000:70000:osctl instance osctl:/run/osctl:/usr/sbin/nologin
                """);
        restart();
        stores.reconcile();
        assertThat(accounts.names()).containsExactlyInAnyOrder("osctl-tank-web", "osctl-data-db");
    }

    @Test
    void aClosedPoolHoldsNoIdsAndHasNoAccounts() {
        User web = tank.create(NewUser.named("web"));
        stores.close("tank");
        assertThat(accounts.names()).isEmpty();
        User db = data.create(NewUser.named("db"));
        assertThat(db.uidMap()).isEqualTo(web.uidMap());
        assertThatThrownBy(() -> stores.of("tank")).hasMessage("there is no pool 'tank'");
        stores.close("data");
        assertThat(stores.open("tank", tank.conf())).isEmpty();
        assertThat(tank.users().get("web")).isEqualTo(web);
        assertThat(tank.allocated()).hasSize(1);
    }
}
