package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which ids users get, and that nobody gets those of another. */
class UserIdsTest extends UsersFixture {
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
    void poolsWhoseRangesLieOverEachOtherGiveNoIdTwice() {
        User web = tank.create(NewUser.named("web"));
        User same = data.create(NewUser.named("web"));
        assertThat(same.uidMap().overlaps(web.uidMap())).isFalse();
        assertThat(same.ugid()).isNotEqualTo(web.ugid());
        assertThat(same.blockIndex()).contains(1L);
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
}
