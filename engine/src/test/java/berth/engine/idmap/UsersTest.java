package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Broken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Users as objects of a pool: what they are made of, how they go, and that they outlive the daemon. */
class UsersTest extends UsersFixture {
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
    void theSeedsUserIsMade() {
        User user = tank.create(mapped("myuser01", 666_000, 65_536).ugid(5000));
        assertThat(user.ugid()).isEqualTo(5000);
        assertThat(host.read("subuid")).endsWith("osctl-tank-myuser01:666000:65536");
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
    void whoeverTakesIdsWhileTheyAreChosenKeepsNobodyFromIds() throws InterruptedException {
        AtomicBoolean enough = new AtomicBoolean();
        Thread other = Thread.ofPlatform().start(() -> {
            while (!enough.get()) {
                host.write("subuid", "other:1000000:65536\n");
                host.write("subuid", "");
            }
        });
        try {
            for (int i = 0; i < 400; i++) {
                tank.users().release(tank.users().planOwned("build"));
            }
        } finally {
            enough.set(true);
            other.join();
        }
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
