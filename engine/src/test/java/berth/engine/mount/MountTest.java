package berth.engine.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.share.DatasetName;
import berth.engine.store.Yaml;
import berth.linux.mount.MountAttribute;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountTest {
    private static Mount bind(String mountpoint, String... options) {
        return mount(MountType.BIND, mountpoint, "/srv", options);
    }

    private static Mount mount(MountType type, String mountpoint, @Nullable String fs, String... options) {
        return new Mount(mountpoint, type, fs, null, List.of(options), null, false, false);
    }

    @Test
    void aMountIsNoWayToMoreRightsOrToADeviceUnlessItIsSaid() {
        assertThat(bind("/data").attributes())
                .containsExactlyInAnyOrder(MountAttribute.NO_SUID, MountAttribute.NO_DEVICES);
        assertThat(bind("/data", "suid", "ro", "noexec").attributes())
                .containsExactlyInAnyOrder(MountAttribute.NO_DEVICES, MountAttribute.READ_ONLY, MountAttribute.NO_EXEC);
    }

    @Test
    void whatGoesWithoutSayingIsNotKept() {
        assertThat(bind("/data", "bind", "rw", "create=dir").options()).containsExactly("rw");
    }

    @Test
    void pathsAreWrittenInOneWay() {
        assertThat(bind("//data/deep//").mountpoint()).isEqualTo("/data/deep");
        assertThat(mount(MountType.BIND, "/data", "/srv/").source()).contains("/srv");
    }

    @Test
    void whatLiesBeneathAnotherIsToldByItsNamesNotItsLetters() {
        assertThat(bind("/data/deep").isWithin(bind("/data"))).isTrue();
        assertThat(bind("/database").isWithin(bind("/data"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data", "/", "//", "/a/../b", "/a/./b", "/proc", "/sys/kernel", "/dev/sda", "/a\nb"})
    void aMountPointIsAPathInsideThatIsNotTheKernels(String path) {
        assertThatThrownBy(() -> bind(path)).isInstanceOf(BerthException.class);
    }

    @Test
    void sharedMemoryMayBeMountedOver() {
        assertThat(mount(MountType.TMPFS, "/dev/shm", null, "size=64M").tmpfsOptions())
                .containsEntry("size", "67108864")
                .containsEntry("mode", "1777");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "rbind", "size=1M", "mode=0755", "size", "ro=1", "lowerdir=/etc"})
    void aBindMountHasNoOtherOptionsThanItsOwn(String option) {
        assertThatThrownBy(() -> bind("/data", option)).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=", "size=0", "size=big", "mode=9", "mode=", "nr_inodes=0", "uid=0", "huge=always"})
    void memoryHasNoOtherOptionsThanItsOwn(String option) {
        assertThatThrownBy(() -> mount(MountType.TMPFS, "/data", null, option)).isInstanceOf(BerthException.class);
    }

    @Test
    void itIsTheSameAfterItWasWritten() {
        Mount mount = new Mount("/data", MountType.BIND, "/srv", null, List.of("ro"), Ownership.OWNER, true, true);

        assertThat(Yaml.read(Yaml.write(mount), Mount.class)).isEqualTo(mount);
        assertThat(Yaml.read(Yaml.write(bind("/data")), Mount.class)).isEqualTo(bind("/data"));
    }

    @Test
    void aDatasetMayHoldSetuidProgramsUnlessItsMountForbidsThem() {
        Mount data = Mount.ofDataset("data", "/srv//data/");

        assertThat(data.mountpoint()).isEqualTo("/srv/data");
        assertThat(data.toString()).isEqualTo("dataset data at /srv/data");
        assertThat(data.attributes()).containsExactly(MountAttribute.NO_DEVICES);
        assertThat(new Mount("/d", MountType.BIND, null, "data", List.of("nosuid", "ro"), null, false, false)
                        .attributes())
                .containsExactlyInAnyOrder(MountAttribute.NO_DEVICES, MountAttribute.NO_SUID, MountAttribute.READ_ONLY);
    }

    @Test
    void aMountShowsOneThing() {
        assertThatThrownBy(() -> new Mount("/d", MountType.BIND, "/srv", "data", List.of(), null, false, false))
                .hasMessageContaining("something else too");
        assertThatThrownBy(() -> new Mount("/d", MountType.TMPFS, null, "data", List.of(), null, false, false))
                .hasMessageContaining("something else too");
        assertThatThrownBy(() -> Mount.ofDataset("/", "/d")).hasMessageContaining("something else too");
    }

    @Test
    void aDatasetOfAPoolIsToldFromOneOfTheContainerAndIsAlwaysNosuid() {
        Mount shared = Mount.ofDataset("bulk:media", "/srv");

        assertThat(shared.sharedDataset()).contains(new DatasetName("bulk", "media"));
        assertThat(shared.ownDataset()).isEmpty();
        assertThat(shared.attributes()).contains(MountAttribute.NO_SUID, MountAttribute.NO_DEVICES);
        assertThat(shared).hasToString("dataset bulk:media at /srv");
        assertThat(Mount.ofDataset("data", "/srv").sharedDataset()).isEmpty();
        assertThat(Mount.ofDataset("data", "/srv").attributes()).doesNotContain(MountAttribute.NO_SUID);
    }

    @Test
    void setuidProgramsAreNotToWorkInADatasetOfAPool() {
        assertThatThrownBy(() ->
                        new Mount("/srv", MountType.BIND, null, "bulk:media", List.of("suid"), null, false, false))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("bulk:media");
        assertThatThrownBy(() -> Mount.ofDataset("bulk:../media", "/srv")).isInstanceOf(BerthException.class);
    }
}
