package berth.engine.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.limit.Limits;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupsTest {
    @TempDir
    private Path directory;

    private final Groups groups = new Groups();

    @BeforeEach
    void open() {
        groups.open("tank", directory);
    }

    @Test
    void aPoolHasTheTwoBuiltInGroups() {
        assertThat(groups.of("tank")).extracting(Group::path).containsExactly("/", "/default");
    }

    @Test
    void aGroupsCgroupLiesInThatOfItsParents() {
        assertThat(new Group("tank", "/web/front").cgroup("osctl")).isEqualTo("osctl/pool.tank/group.web/group.front");
        assertThat(new Group("tank", "/").cgroup("osctl")).isEqualTo("osctl/pool.tank");
    }

    @Test
    void aGroupNeedsItsParent() {
        assertThatThrownBy(() -> groups.create("tank", "/web/front"))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("has no parent '/web'");

        groups.createWithParents("tank", "/web/front");

        assertThat(groups.of("tank")).extracting(Group::path).contains("/web", "/web/front");
    }

    @Test
    void groupsOutliveTheDaemon() {
        groups.createWithParents("tank", "/web/front");
        Groups later = new Groups();
        later.open("tank", directory);

        assertThat(later.get("tank", "/web/front").name()).isEqualTo("front");
    }

    @Test
    void itsLimitsOutliveTheDaemonAndGoWithIt() {
        Group web = groups.create("tank", "/web");
        Limits limits = Limits.NONE.withPids(100L);

        groups.change(web, spec -> spec.withLimits(limits));
        groups.change(groups.get("tank", "/"), spec -> spec.withLimits(limits));
        Groups later = new Groups();
        later.open("tank", directory);

        assertThat(later.spec(web).ownLimits()).isEqualTo(limits);
        assertThat(later.spec(later.get("tank", "/")).ownLimits()).isEqualTo(limits);
        later.delete("tank", "/web", _ -> List.of());
        assertThat(later.create("tank", "/web"))
                .satisfies(again -> assertThat(later.spec(again).ownLimits()).isEqualTo(Limits.NONE));
    }

    @Test
    void theGroupsAroundAGroupAreKnown() {
        Group front = groups.createWithParents("tank", "/web/front");
        groups.create("tank", "/web2");

        assertThat(Groups.chain(front)).extracting(Group::path).containsExactly("/", "/web", "/web/front");
        assertThat(groups.beneath(groups.get("tank", "/web")))
                .extracting(Group::path)
                .containsExactly("/web/front");
    }

    @Test
    void aGroupWithChildrenOrContainersStays() {
        groups.createWithParents("tank", "/web/front");

        assertThatThrownBy(() -> groups.delete("tank", "/web", g -> List.of())).hasMessageContaining("'/web/front'");
        assertThatThrownBy(() -> groups.delete("tank", "/web/front", g -> List.of("shop")))
                .hasMessageContaining("still has containers: shop");
        assertThat(groups.find("tank", "/web/front")).isPresent();
    }

    @Test
    void aGroupWhoseNameOnlyBeginsAlikeIsNoChild() {
        groups.create("tank", "/web");
        groups.create("tank", "/web2");

        groups.delete("tank", "/web", g -> List.of());

        assertThat(groups.find("tank", "/web")).isEmpty();
        assertThat(groups.find("tank", "/web2")).isPresent();
    }

    @Test
    void theBuiltInGroupsStay() {
        assertThatThrownBy(() -> groups.delete("tank", "/default", g -> List.of()))
                .hasMessageContaining("built in");
        assertThatThrownBy(() -> groups.delete("tank", "/", g -> List.of())).hasMessageContaining("built in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "web", "/web/", "//web", "/..", "/a/../b", "/A b", "/a\nb"})
    void aPathThatCouldLeaveTheTreeIsRefused(String path) {
        assertThatThrownBy(() -> groups.create("tank", path)).isInstanceOf(BerthException.class);
    }
}
