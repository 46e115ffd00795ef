package berth.linux.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class MountsTest {
    private static final int HOST_ROOT_OF_CONTAINER = 700000;
    private static final List<IdExtent> MAP = List.of(new IdExtent(0, HOST_ROOT_OF_CONTAINER, 65536));
    private static final UserNamespaces NAMESPACES =
            new UserNamespaces(List.of("/usr/bin/unshare", "--user", "/bin/sh", "-c", "echo; exec cat"));

    @TempDir
    Path dir;

    private Path lower;
    private Path upper;
    private Path work;
    private Path target;
    private Path scratch;

    @BeforeEach
    void makeDirectories() throws IOException {
        lower = Files.createDirectory(dir.resolve("lower, with : and \\"));
        upper = Files.createDirectory(dir.resolve("upper"));
        work = Files.createDirectory(dir.resolve("work"));
        target = Files.createDirectory(dir.resolve("a target"));
        scratch = dir.resolve("scratch");
        Files.writeString(lower.resolve("file"), "from below");
    }

    @AfterEach
    void unmountEverything() {
        Mounts.table().reversed().stream()
                .map(MountPoint::target)
                .filter(t -> t.startsWith(dir))
                .forEach(Mounts::unmount);
    }

    @Test
    void aBoundDirectoryIsSeenInTheTableUntilItIsUnmounted() {
        Mounts.bind(lower, target);

        assertThat(target.resolve("file")).hasContent("from below");
        assertThat(mountedBeneath(dir)).containsExactly(target);

        Mounts.unmount(target);

        assertThat(target).isEmptyDirectory();
        assertThat(mountedBeneath(dir)).isEmpty();
    }

    @Test
    void unmountingWhereNothingIsMountedFails() {
        assertThatThrownBy(() -> Mounts.unmount(target))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.EINVAL)).isTrue())
                .hasMessageContaining("umount2 '" + target + "'");
    }

    @Test
    void anUnmountDoesNotFollowALink() throws IOException {
        Mounts.bind(lower, target);
        Path link = Files.createSymbolicLink(dir.resolve("link"), target);

        assertThatThrownBy(() -> Mounts.unmount(link)).isInstanceOf(KernelException.class);

        assertThat(mountedBeneath(dir)).containsExactly(target);
    }

    @Test
    void aMountHasTheAttributesThatWereSetBeforeItWasAttached() {
        try (Fd tmpfs = Mounts.tmpfs(Map.of("size", "64k", "mode", "0711"))) {
            Mounts.setAttributes(tmpfs, EnumSet.of(MountAttribute.NO_DEVICES, MountAttribute.NO_SUID));
            Mounts.attach(tmpfs, target);
        }

        assertThat(at(target).options()).contains("nodev", "nosuid").doesNotContain("noexec");
        assertThat(at(target).superOptions()).contains("size=64k").contains("mode=711");
    }

    @Test
    void attributesCanBeTakenBack() {
        try (Fd tmpfs = Mounts.tmpfs(Map.of())) {
            Mounts.attach(tmpfs, target);
            Mounts.setAttributes(tmpfs, EnumSet.of(MountAttribute.READ_ONLY));
            assertThatThrownBy(() -> Files.createFile(target.resolve("x"))).isInstanceOf(IOException.class);

            Mounts.clearAttributes(tmpfs, EnumSet.of(MountAttribute.READ_ONLY));

            assertThat(target.resolve("x")).satisfies(Files::createFile);
        }
    }

    @Test
    void propagationIsShownAsATag() {
        Mounts.bind(lower, target);

        Mounts.setPropagation(target, Propagation.SHARED);
        assertThat(at(target).tags()).anyMatch(t -> t.startsWith("shared:"));

        Mounts.setPropagation(target, Propagation.PRIVATE);
        assertThat(at(target).tags()).isEmpty();
    }

    @Test
    void aWrongTmpfsOptionIsExplainedInTheKernelsWords() {
        assertThatThrownBy(() -> Mounts.tmpfs(Map.of("colour", "red")))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("colour=red")
                .hasMessageContaining("Unknown parameter");
    }

    @Test
    void anIdmappedTreeShowsFilesAsTheContainers() throws IOException {
        try (Fd userns = NAMESPACES.create(MAP, MAP);
                Fd tree = Mounts.openTree(lower)) {
            Mounts.idmap(tree, userns);
            Mounts.attach(tree, target);
        }

        assertThat(uid(target.resolve("file"))).isEqualTo(HOST_ROOT_OF_CONTAINER);
        assertThat(uid(lower.resolve("file"))).isZero();
    }

    @Test
    void anOverlayOfAnIdmappedTreeShowsItMappedAndTakesChangesUnmapped() throws IOException {
        Overlays overlays = new Overlays(scratch);
        try (Fd userns = NAMESPACES.create(MAP, MAP);
                Fd overlay = overlays.writable(List.of(new OverlayLayer(lower, userns)), upper, work)) {
            Mounts.attach(overlay, target);
        }
        overlays.cleanUp();

        assertThat(uid(target.resolve("file"))).isEqualTo(HOST_ROOT_OF_CONTAINER);
        Files.writeString(target.resolve("file"), "changed");
        assertThat(upper.resolve("file")).hasContent("changed");
        assertThat(uid(upper.resolve("file"))).isEqualTo(HOST_ROOT_OF_CONTAINER);
        assertThat(lower.resolve("file")).hasContent("from below");
        assertThat(mountedBeneath(dir)).containsExactly(target);
    }

    @Test
    void whereTheKernelRefusesDetachedLayersTheyAreAttachedForTheMoment() throws IOException {
        Overlays overlays = new Overlays(scratch);
        Path second = Files.createDirectory(dir.resolve("second"));
        Files.writeString(second.resolve("other"), "from the other");
        try (Fd userns = NAMESPACES.create(MAP, MAP);
                Fd tree = Mounts.openTree(lower);
                Fd directory = Fd.openDirectory(second);
                Fd up = Fd.openDirectory(upper);
                Fd wk = Fd.openDirectory(work)) {
            Mounts.idmap(tree, userns);
            try (Fd overlay =
                    overlays.mountAttached(new OverlaySpec(List.of(tree, directory), up, wk), List.of(tree))) {
                Mounts.attach(overlay, target);
            }
        }

        assertThat(uid(target.resolve("file"))).isEqualTo(HOST_ROOT_OF_CONTAINER);
        assertThat(target.resolve("other")).hasContent("from the other");
        assertThat(scratch).isEmptyDirectory();
        assertThat(at(scratch).tags()).isEmpty();

        overlays.cleanUp();

        assertThat(mountedBeneath(dir)).containsExactly(target);
    }

    @Test
    void anOverlayWhoseWorkLiesElsewhereIsRefusedByName() {
        Mounts.bind(work, target);

        assertThatThrownBy(() -> new Overlays(scratch).mount(spec(target)))
                .isInstanceOf(KernelException.class)
                .hasMessage("fsconfig 'overlay on " + upper + "': invalid argument (EINVAL)");
    }

    @Test
    void aMapWithOverlappingExtentsIsRefusedAndLeavesNoProcess() {
        List<IdExtent> overlapping = List.of(new IdExtent(0, 700000, 10), new IdExtent(5, 800000, 10));

        assertThatThrownBy(() -> NAMESPACES.create(overlapping, MAP))
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.is(Errno.EINVAL)).isTrue());
    }

    @Test
    void aMakerThatIsNotThereIsNamed() {
        UserNamespaces none = new UserNamespaces(List.of("/no/such/program"));

        assertThatThrownBy(() -> none.create(MAP, MAP))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("/no/such/program");
    }

    @Test
    void anOverlayLeavesALayerThatIsMountedSomewhereWhereItIs() {
        Mounts.bind(lower, target);

        assertThatThrownBy(() -> new Overlays(scratch)
                        .mount(new OverlaySpec(
                                List.of(Fd.openDirectory(target)), Fd.openDirectory(upper), Fd.openDirectory(target))))
                .isInstanceOf(KernelException.class);

        assertThat(target.resolve("file")).hasContent("from below");
    }

    private OverlaySpec spec(Path workElsewhere) {
        return new OverlaySpec(
                List.of(Fd.openDirectory(lower)), Fd.openDirectory(upper), Fd.openDirectory(workElsewhere));
    }

    private static MountPoint at(Path target) {
        return Mounts.table().stream()
                .filter(m -> m.target().equals(target))
                .findFirst()
                .orElseThrow();
    }

    private static List<Path> mountedBeneath(Path dir) {
        return Mounts.table().stream()
                .map(MountPoint::target)
                .filter(t -> t.startsWith(dir))
                .toList();
    }

    private static int uid(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }
}
