package berth.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.device.DeviceTree.Level;
import berth.linux.device.DeviceType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceTreeTest {
    private static final Device KVM = character("232", "rw");
    private static final Device FUSE = character("229", "rwm");

    @Test
    void everybodyInheritsTheUsualDevices() {
        DeviceTree container = tree(List.of(), List.of(), List.of());

        assertThat(container.find(FUSE))
                .hasValueSatisfying(e -> assertThat(e.inherited()).isTrue());
        assertThat(container.allowed()).extracting(Device::toString).contains("char 1:3", "char 136:*", "block *:*");
        assertThat(container.find(KVM)).isEmpty();
    }

    @Test
    void whatAParentHandsDownItsChildrenHave() {
        DeviceTree container = tree(List.of(KVM), List.of(), List.of());

        assertThat(container.allowed()).contains(KVM);
    }

    @Test
    void whatAParentKeepsForItselfItsChildrenHaveOnlyWhenTheyAreGivenIt() {
        Device kept = KVM.withInherit(false);

        assertThat(tree(List.of(kept), List.of(), List.of()).find(KVM)).isEmpty();
        assertThat(tree(List.of(kept), List.of(kept), List.of(KVM)).allowed()).contains(KVM);
        tree(List.of(kept), List.of(kept), List.of()).requireAbove(KVM);
    }

    @Test
    void aChildNeverHasWhatAParentLacks() {
        assertThat(tree(List.of(KVM), List.of(KVM.withMode("")), List.of(KVM)).allowed())
                .noneMatch(KVM::isSame);
        assertThat(tree(List.of(KVM.withMode("r")), List.of(), List.of(KVM)).allowed())
                .contains(KVM.withMode("r"));
        assertThat(tree(List.of(), List.of(), List.of(KVM)).allowed()).noneMatch(KVM::isSame);
    }

    @Test
    void whoLacksItAboveIsNamed() {
        DeviceTree container = tree(List.of(KVM), List.of(KVM.withMode("r")), List.of());

        assertThatThrownBy(() -> container.requireAbove(KVM))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("group /web")
                .hasMessageContaining("char 10:232");
        assertThat(container.lacking(KVM)).extracting(Level::owner).containsExactly("group /web");
    }

    @Test
    void whatIsForbiddenIsNotInheritedFurther() {
        DeviceTree container = tree(List.of(), List.of(FUSE.withMode("")), List.of());

        assertThat(container.allowed()).noneMatch(FUSE::isSame);
        assertThat(container.find(FUSE))
                .hasValueSatisfying(e -> assertThat(e.device().mode()).isEmpty());
    }

    @Test
    void blockDevicesAreAllowedAsFarAsEachGroupHasThem() {
        Device disk = new Device(DeviceType.BLOCK, "254", "0", "r", "/dev/vda", true);
        Device kept = disk.withInherit(false);

        assertThat(tree(List.of(kept), List.of(kept), List.of(disk)).allowed()).contains(disk);
    }

    @Test
    void makingNodesOfAnythingIsAllowedButNotUsingThem() {
        DeviceTree container = tree(List.of(), List.of(), List.of(KVM.withMode("m")));

        container.requireAbove(KVM.withMode("m"));
        assertThatThrownBy(() -> container.requireAbove(KVM.withMode("rm"))).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "-1,0,rwm,/dev/x",
        "10,99999999,rwm,/dev/x",
        "10,a,rwm,/dev/x",
        "10,1,rx,/dev/x",
        "10,1,rr,/dev/x",
        "10,1,rwm,/etc/passwd",
        "10,1,rwm,/dev/../etc/passwd",
        "10,1,rwm,/dev/pts/0",
        "10,1,rwm,dev/x",
        "10,*,rwm,/dev/x"
    })
    void whatIsNoDeviceIsRefused(String major, String minor, String mode, String node) {
        assertThatThrownBy(() -> new Device(DeviceType.CHAR, major, minor, mode, node, true))
                .isInstanceOf(BerthException.class);
    }

    private static Device character(String minor, String mode) {
        return new Device(DeviceType.CHAR, "10", minor, mode, null, true);
    }

    private static DeviceTree tree(List<Device> root, List<Device> web, List<Device> container) {
        return new DeviceTree(List.of(
                new Level("group /", root), new Level("group /web", web), new Level("container 'shop'", container)));
    }
}
