package berth.hosttest;

import static berth.hosttest.ResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools that go to another instance of Berth, where ids of their users are taken, the same on every storage driver. */
abstract class PoolMoveContract {
    /** From here on are ids that no other test meets, which would get the first ones. */
    private static final int FIRST_BLOCK = 40_000;

    private static final int BLOCKS = 20_000;

    private final Host here;
    private final Host there;
    private final Random random = new Random();
    private long firstId;

    PoolMoveContract(Host here, Host there) {
        this.here = here;
        this.there = there;
    }

    @BeforeEach
    void aPoolWithAContainerASnapshotAndOneInTheTrash() {
        here.given(
                "pool set trash-age tank 1h",
                "group new /shop",
                "id-range new --start-id %d --block-count 10 far"
                        .formatted(65_536L * (FIRST_BLOCK + random.nextInt(BLOCKS))),
                "user new --id-range far web",
                "ct new --image busybox --group /shop --user web web",
                "ct set memory-limit web 64M",
                "ct start web",
                "ct exec web sh -c 'echo first > /root/file; mkdir -p /home/alice; chown 1000:1000 /home/alice'",
                "ct stop --kill web",
                "ct snapshot new web one",
                "ct start web",
                "ct exec web sh -c 'echo second > /root/file'",
                "ct stop --kill web",
                "ct cp web gone",
                "ct del gone");
        firstId = here.json("user map tank:web").get(0).get("host_id").asLong();
        here.given("pool export tank");
        there.given("pool install --path %s home".formatted(there.pool("home")), "image build --pool home busybox");
    }

    @AfterEach
    void thePoolIsBack() {
        there.osctl("ct stop --kill --all");
        there.osctl("pool uninstall tank");
        here.osctl("pool import tank");
        here.osctl("ct del -f --purge web");
        here.given("trash prune --all", "pool set trash-age tank 0", "user del web", "id-range del far");
        there.osctl("ct del -f --purge --pool home --all");
        there.osctl("user del home:taker");
        there.given("pool uninstall home");
    }

    Result comesIn() {
        return there.osctl("pool import --path %s tank".formatted(here.pool("tank")));
    }

    /** Somebody in the other instance has the ids of {@code web}. */
    void idsAreTaken() {
        there.given("user new --pool home --offset %d --size 65536 taker".formatted(firstId));
    }

    void holds(Host host, String container, String text) {
        assertThat(host.osctl("ct start " + container)).succeeds();
        assertThat(host.osctl("ct exec %s cat /root/file".formatted(container))).prints(text);
        assertThat(host.osctl("ct exec %s stat -c %%u:%%g /root/file /home/alice".formatted(container)))
                .prints("0:0\n1000:1000");
        assertThat(host.osctl("ct exec %s sh -c 'touch /root/new /home/alice/new'".formatted(container)))
                .succeeds();
        host.given("ct stop --kill " + container);
    }

    @Test
    void everythingInThePoolIsThere() {
        assertThat(comesIn()).succeeds();

        assertThat(there.json("ct show web").get("group").asString()).isEqualTo("/shop");
        assertThat(there.json("image ls --pool tank").findValuesAsString("name").toString())
                .contains("busybox");
        assertThat(there.json("trash ls").findValuesAsString("id")).containsExactly("gone");
        holds(there, "web", "second");
    }

    /** Those of the container, of its snapshot, and of what is in the trash. */
    private void allFilesAreThere() {
        holds(there, "web", "second");
        there.given("ct snapshot rollback web one");
        holds(there, "web", "first");
        there.given("trash restore --as back gone");
        holds(there, "back", "second");
        there.given("ct del --purge back");
    }

    @Test
    void usersWhoseIdsAreTakenGetOthersAndFilesKeepTheirOwners() {
        idsAreTaken();

        assertThat(comesIn()).succeeds().complains("user 'web' has ids");

        assertThat(there.json("user map tank:web").get(0).get("host_id").asLong())
                .isNotEqualTo(firstId);
        allFilesAreThere();
        assertThat(there.osctl("healthcheck --pool tank")).succeeds();
    }

    @Test
    void thePoolGoesOnToAThirdPlaceWithItsNewIds() {
        idsAreTaken();
        comesIn();
        holds(there, "web", "second");
        there.given("pool uninstall tank");

        here.given("pool import tank");

        holds(here, "web", "second");
        here.given("ct snapshot rollback web one");
        holds(here, "web", "first");
        here.given("pool export tank");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after:begin",
                "after:make new layers",
                "before:write user and layers",
                "after:write user and layers",
                "after:release former ids"
            })
    void aDaemonThatDiesMeanwhileFinishesWhenItStarts(String point) {
        idsAreTaken();
        there.letDaemonDieAt("user-renumber/" + point);
        assertThat(comesIn()).fails(Status.DAEMON_WENT_AWAY);

        there.restartDeadDaemon();

        assertThat(there.json("user map tank:web").get(0).get("host_id").asLong())
                .isNotEqualTo(firstId);
        assertThat(there.json("user map home:taker").get(0).get("host_id").asLong())
                .isEqualTo(firstId);
        allFilesAreThere();
        assertThat(there.osctl("healthcheck")).succeeds();
        assertThat(there.osctl("id-range table ls tank:far allocated").stdout().lines())
                .filteredOn(line -> line.contains("web"))
                .hasSize(1);
    }

    /** The ids that it was about to get, or has, are known in the pool only. */
    @ParameterizedTest
    @ValueSource(strings = {"before:write user and layers", "after:write user and layers"})
    void idsThatSomebodyGetsWhileThePoolIsAwayStayThatOnes(String point) {
        idsAreTaken();
        there.letDaemonDieAt("user-renumber/" + point);
        assertThat(comesIn()).fails(Status.DAEMON_WENT_AWAY);
        String marker = here.pool("tank") + "/conf/pool";
        assertThat(there.shell("mv %1$s %1$s.away".formatted(marker)).run()).succeeds();
        long planned = plannedId();
        there.restartDeadDaemon();
        there.given("user new --pool home --offset %d --size 65536 next".formatted(planned));

        assertThat(there.shell("mv %1$s.away %1$s".formatted(marker)).run()).succeeds();
        assertThat(there.osctl("pool import tank")).succeeds();

        assertThat(there.json("user map tank:web").get(0).get("host_id").asLong())
                .isNotEqualTo(firstId)
                .isNotEqualTo(planned);
        allFilesAreThere();
        assertThat(there.osctl("healthcheck")).succeeds();
        there.given("user del home:next");
    }

    /** The first id that {@code web} is to have, as the journal says. */
    private long plannedId() {
        Matcher id = Pattern.compile("\"after\":\\{\"name\":\"web\".*?\"uid_map\":\\[\"0:(\\d+):")
                .matcher(there.shell("head -n 1 %s/conf/journal/*.journal".formatted(here.pool("tank")))
                        .run()
                        .stdout());
        assertThat(id.find()).isTrue();
        return Long.parseLong(id.group(1));
    }

    @Test
    void aDirectoryWithoutThePoolIsRefused() {
        assertThat(there.osctl("pool import --path /tmp tank"))
                .fails(Status.NOT_FOUND)
                .complains("/tmp does not hold pool 'tank'");
        assertThat(there.osctl("pool import --path %s other".formatted(here.pool("tank"))))
                .doesNotSucceed()
                .complains("does not hold pool 'other'");
    }
}
