package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.operation.Actor;
import berth.engine.operation.FailPoints;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Operations;
import berth.engine.operation.Progress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool comes to a host, simulated by a second instance of the stores, where somebody has ids of its users. */
final class UserRelocationTest {
    @TempDir
    private Path dir;

    private Host host = new Host();
    private UserStores stores = new UserStores("osctl", host.accounts("osctl"));

    @BeforeEach
    void aPoolWithAUserComesToAnother() {
        host = Host.in(dir);
        stores = new UserStores("osctl", host.accounts("osctl"));
        stores.open("tank", host.conf("tank"));
        create("tank", "web");
        stores.close("tank");
        stores.open("home", host.conf("home"));
    }

    private void create(String pool, String name) {
        Users users = stores.of(pool);
        OperationKind<User> creation = users.creation();
        new Operations(dir.resolve("journal"), List.of(creation), () -> Instant.EPOCH, FailPoints.none())
                .run(creation, users.plan(NewUser.named(name)), new Actor("root", "user new"), Progress.none());
    }

    private UserRelocation comes() {
        stores.open("tank", host.conf("tank"));
        return stores.relocation("tank");
    }

    @Test
    void whoseIdsAreFreeKeepsThem() {
        assertThat(comes().displaced()).isEmpty();
    }

    @Test
    void whoseIdsAreTakenCannotBeUsedUntilItHasOthers() {
        create("home", "mail");
        UserRelocation relocation = comes();
        User former = relocation.displaced().getFirst();
        assertThatThrownBy(() -> stores.of("tank").get("web"))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("cannot be used");

        User planned = relocation.plan(former);
        relocation.hold(planned);
        relocation.replace(planned);
        relocation.settle(planned);

        assertThat(stores.of("tank").get("web")).isEqualTo(planned);
        assertThat(planned.uidMap().hostIds()).isNotEqualTo(former.uidMap().hostIds());
        assertThat(planned.uidMap().total()).isEqualTo(former.uidMap().total());
        assertThat(relocation.displaced()).isEmpty();
        assertThat(stores.ranges("tank").table(IdRange.DEFAULT, IdRanges.Show.ALLOCATED))
                .hasSize(1);
        stores.close("tank");
        assertThat(comes().displaced()).isEmpty();
        assertThat(stores.of("tank").get("web")).isEqualTo(planned);
    }

    /** As after a crash: the files of its containers have these ids by then. */
    @Test
    void idsThatSomebodyTookBeforeItSettledAreSharedAndTheUserIsUsed() {
        create("home", "mail");
        UserRelocation relocation = comes();
        User planned = relocation.plan(relocation.displaced().getFirst());
        relocation.replace(planned);
        host.write("subuid", "other:%d:65536\n".formatted(planned.uidMap().root()));

        relocation.settle(planned);

        assertThat(stores.ranges("tank").table(IdRange.DEFAULT, IdRanges.Show.ALLOCATED))
                .hasSize(1);
        stores.close("tank");
        assertThat(comes().unusable()).isEmpty();
        assertThat(stores.of("tank").get("web")).isEqualTo(planned);
        assertThat(stores.relocation("tank").displaced()).containsExactly(planned);
    }

    @Test
    void whatIsAbandonedChangesNothing() {
        create("home", "mail");
        UserRelocation relocation = comes();
        User former = relocation.displaced().getFirst();

        relocation.abandon(relocation.plan(former));

        assertThat(relocation.displaced()).containsExactly(former);
        assertThat(relocation.plan(former).uidMap()).isNotEqualTo(former.uidMap());
    }

    @Test
    void idsThatAnAccountOfTheHostHasAreTaken() {
        comes();
        long first = stores.of("tank").get("web").uidMap().root();
        stores.close("tank");
        host.write("passwd", "root:x:0:0:root:/root:/bin/bash\nbob:x:%d:100::/home/bob:/bin/sh\n".formatted(first + 5));

        assertThat(comes().displaced()).extracting(User::name).containsExactly("web");
    }

    /** The daemon starts again. */
    private void restart() {
        stores = new UserStores("osctl", host.accounts("osctl"));
        stores.keepAccounts();
    }

    @Test
    void whoHasAnAccountKeepsItsIdsWhicheverPoolIsReadFirst() {
        create("home", "mail");
        restart();

        UserRelocation relocation = comes();
        stores.open("home", host.conf("home"));

        assertThat(stores.of("home").get("mail").name()).isEqualTo("mail");
        assertThat(relocation.unusable()).extracting(User::name).containsExactly("web");
    }

    /** Its new ids are in its file only, and its pool away, when the daemon starts again. */
    @Test
    void idsThatAnotherUserGotBeforeItSettledStayThatOnes() {
        create("home", "mail");
        UserRelocation relocation = comes();
        User planned = relocation.plan(relocation.displaced().getFirst());
        relocation.replace(planned);
        restart();
        stores.open("home", host.conf("home"));
        create("home", "db");
        User db = stores.of("home").get("db");
        assertThat(db.uidMap()).isEqualTo(planned.uidMap());

        relocation = comes();
        assertThat(relocation.isReplaced(planned)).isTrue();
        relocation.settle(planned);

        assertThat(relocation.unusable()).containsExactly(planned);
        User other = relocation.plan(planned);
        relocation.hold(other);
        relocation.replace(other);
        relocation.settle(other);
        assertThat(other.uidMap()).isNotEqualTo(db.uidMap());
        assertThat(stores.ranges("tank").table(IdRange.DEFAULT, IdRanges.Show.ALLOCATED))
                .hasSize(1);
        stores.close("tank");
        create("home", "next");
        assertThat(stores.of("home").get("next").uidMap()).isNotEqualTo(db.uidMap());
    }

    @Test
    void idsOfAPoolThatCannotBeReadAreGivenToNobody() {
        create("home", "mail");
        stores.open("data", host.conf("data"));
        create("data", "db");
        User db = stores.of("data").get("db");
        restart();
        stores.open("home", host.conf("home"));
        stores.misses("data");
        stores.reconcile();

        create("home", "next");

        assertThat(stores.of("home").get("next").uidMap()).isNotEqualTo(db.uidMap());
        stores.open("data", host.conf("data"));
        assertThat(stores.of("data").get("db")).isEqualTo(db);
        assertThat(stores.relocation("data").displaced()).isEmpty();
    }

    @Test
    void idsOfAccountsThatNoUserHasAreFreeOnceEveryPoolIsRead() {
        create("home", "mail");
        User mail = stores.of("home").get("mail");
        restart();
        stores.reconcile();

        stores.open("data", host.conf("data"));
        create("data", "db");

        assertThat(stores.of("data").get("db").uidMap()).isEqualTo(mail.uidMap());
    }

    @Test
    void aMapKeepsItsIdsInsideWhenItMoves() {
        IdMap map = IdMap.parse(List.of("0:5000:10", "1000:7000:5"));

        IdMap moved = map.movedTo(new HostIds(100_000, 65_536));

        assertThat(moved).isEqualTo(IdMap.parse(List.of("0:100000:10", "1000:100010:5")));
        assertThatThrownBy(() -> map.movedTo(new HostIds(100_000, 14)))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("do not fit");
    }
}
