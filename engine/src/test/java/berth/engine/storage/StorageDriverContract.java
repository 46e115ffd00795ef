package berth.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every storage driver keeps, whatever it stores layers as. */
public abstract class StorageDriverContract extends StorageDriverFixture {
    /** {@code cap_net_raw=ep} of whoever has the host id 700000 as its root. */
    private static final String OF_WEB = "0100000300200000000000000000000000000000" + "60ae0a00";

    @Test
    void aNewRootShowsTheImageWithTheContainersIdsAndKeepsItsChangesToItself() throws IOException {
        in(web, root -> {
            assertThat(root.resolve("etc/name")).hasContent("image");
            assertThat(uid(root.resolve("etc/name"))).isEqualTo(700_000);
            Files.writeString(root.resolve("etc/name"), "web");
        });

        in(web, root -> assertThat(root.resolve("etc/name")).hasContent("web"));
        assertThat(image.resolve("etc/name")).hasContent("image");
    }

    @Test
    void linksModesAttributesAndCapabilitiesOfTheImageAreSeen() throws IOException {
        in(web, root -> {
            assertThat(root.resolve("etc/alias")).hasContent("image");
            assertThat(Files.getAttribute(root.resolve("etc/alias"), "unix:nlink"))
                    .isEqualTo(2);
            assertThat(Files.readSymbolicLink(root.resolve("link"))).isEqualTo(Path.of("etc/name"));
            assertThat(uid(root.resolve("link"))).isEqualTo(700_000);
            assertThat((int) Files.getAttribute(root.resolve("ping"), "unix:mode") & 07777)
                    .isEqualTo(04755);
            try (Directory tree = Directory.open(root, Resolution.NO_LINKS)) {
                assertThat(tree.xattrs("ping")).containsEntry("user.note", new byte[] {1});
                assertThat(HexFormat.of().formatHex(tree.xattrs("ping").get(CAPABILITY)))
                        .isEqualTo(OF_WEB);
            }
        });
    }

    @Test
    void twoContainersOnOneImageHaveTheirOwnIdsAndFiles() throws IOException {
        RootFilesystem mail = new RootFilesystem(store, "mail", List.of(), image, MAIL);
        driver.create(mail);

        in(web, root -> Files.writeString(root.resolve("etc/name"), "web"));

        in(mail, root -> {
            assertThat(root.resolve("etc/name")).hasContent("image");
            assertThat(uid(root.resolve("etc/name"))).isEqualTo(800_000);
        });
    }

    @Test
    void aTipOnAFrozenOneShowsItAndLeavesItAsItIs() throws IOException {
        in(web, root -> {
            Files.writeString(root.resolve("etc/name"), "frozen");
            Files.delete(root.resolve("doomed"));
        });
        RootFilesystem next = on(web, "web@1");

        in(next, root -> {
            assertThat(root.resolve("etc/name")).hasContent("frozen");
            assertThat(root.resolve("doomed")).doesNotExist();
            Files.writeString(root.resolve("etc/name"), "later");
            Files.writeString(root.resolve("doomed"), "again");
        });

        inFrozen(web.with("", List.of(Layer.own("web"))), root -> {
            assertThat(root.resolve("etc/name")).hasContent("frozen");
            assertThat(root.resolve("doomed")).doesNotExist();
        });
    }

    @Test
    void aFrozenMountCannotBeWritten() throws IOException {
        inFrozen(
                web.with("", List.of(Layer.own("web"))),
                root -> assertThatThrownBy(() -> Files.createFile(root.resolve("new")))
                        .hasMessageContaining("Read-only"));
    }

    @Test
    void aCopyHoldsWhatTheTipHeldThen() throws IOException {
        in(web, root -> {
            Files.writeString(root.resolve("etc/name"), "then");
            Files.delete(root.resolve("doomed"));
        });
        driver.copy(web, "web@copy");
        in(web, root -> Files.writeString(root.resolve("etc/name"), "now"));

        inFrozen(web.with("", List.of(Layer.own("web@copy"))), root -> {
            assertThat(root.resolve("etc/name")).hasContent("then");
            assertThat(root.resolve("doomed")).doesNotExist();
        });
        in(web, root -> assertThat(root.resolve("etc/name")).hasContent("now"));
    }

    @Test
    void aCopyOutlivesWhatItWasMadeOf() throws IOException {
        in(web, root -> Files.writeString(root.resolve("etc/name"), "then"));
        driver.copy(web, "web@copy");

        destroy("web");

        inFrozen(
                web.with("", List.of(Layer.own("web@copy"))),
                root -> assertThat(root.resolve("etc/name")).hasContent("then"));
    }

    @Test
    void aContainerIsRolledBackByATipOnWhatWasFrozen() throws IOException {
        in(web, root -> Files.writeString(root.resolve("etc/name"), "good"));
        RootFilesystem next = on(web, "web@1");
        in(next, root -> Files.writeString(root.resolve("etc/name"), "bad"));

        RootFilesystem back = on(web, "web@2");
        destroy("web@1");

        in(back, root -> assertThat(root.resolve("etc/name")).hasContent("good"));
    }

    @Test
    void anotherContainersLayerIsSeenWithTheOwnIds() throws IOException {
        in(web, root -> {
            Path file = Files.writeString(root.resolve("file"), "shared");
            Files.setAttribute(file, "unix:uid", 701_000);
            Files.setAttribute(file, "unix:gid", 701_000);
        });
        List<Layer> lent = List.of(Layer.own("web").lentBy(WEB));
        RootFilesystem mail = new RootFilesystem(store, "mail", driver.needed(lent), image, MAIL);
        driver.create(mail.with("mail", lent));

        in(mail, root -> {
            assertThat(uid(root.resolve("file"))).isEqualTo(801_000);
            assertThat(uid(root.resolve("etc/name"))).isEqualTo(800_000);
            Files.writeString(root.resolve("file"), "own");
        });

        in(web, root -> assertThat(root.resolve("file")).hasContent("shared"));
    }

    @Test
    void mergedLayersShowWhatTheyShowedOneUponTheOther() throws IOException {
        in(web, root -> {
            Files.writeString(root.resolve("etc/name"), "one");
            Files.delete(root.resolve("etc/conf.d/a"));
            Files.delete(root.resolve("etc/conf.d"));
            Files.delete(root.resolve("doomed"));
            Files.createDirectory(root.resolve("kept"));
            Files.writeString(root.resolve("kept/x"), "x");
        });
        RootFilesystem second = on(web, "web@2");
        in(second, root -> {
            Files.createDirectory(root.resolve("etc/conf.d"));
            Files.writeString(root.resolve("etc/conf.d/b"), "b");
            Files.createDirectory(root.resolve("doomed"));
            Files.delete(root.resolve("kept/x"));
            Files.setAttribute(root.resolve("kept"), "unix:uid", 700_007);
        });
        driver.merge(web.with("", List.of(Layer.own("web@2"), Layer.own("web"))), "web@merged");

        inFrozen(web.with("", List.of(Layer.own("web@merged"))), root -> {
            assertThat(root.resolve("etc/name")).hasContent("one");
            assertThat(root.resolve("etc/conf.d")).isDirectoryContaining(f -> f.endsWith("b"));
            assertThat(root.resolve("etc/conf.d/a")).doesNotExist();
            assertThat(root.resolve("doomed")).isEmptyDirectory();
            assertThat(root.resolve("kept")).isEmptyDirectory();
            assertThat(uid(root.resolve("kept"))).isEqualTo(700_007);
        });
    }

    @Test
    void mergingTranslatesTheIdsOfOtherContainers() throws IOException {
        in(web, root -> {
            Path file = Files.writeString(root.resolve("file"), "shared");
            Files.setAttribute(file, "unix:uid", 700_000);
            Files.setAttribute(file, "unix:gid", 700_000);
        });
        Layer lent = Layer.own("web").lentBy(WEB);
        RootFilesystem mail = new RootFilesystem(store, "", List.of(lent), image, MAIL);

        driver.merge(mail, "mail@merged");

        inFrozen(mail.with("", List.of(Layer.own("mail@merged"))), root -> {
            assertThat(root.resolve("file")).hasContent("shared");
            assertThat(uid(root.resolve("file"))).isEqualTo(800_000);
        });
    }

    @Test
    void aTipThatWasWrittenToIsNotUntouched() throws IOException {
        in(web, root -> Files.createFile(root.resolve("new")));

        assertThat(driver.isUntouched(web)).isFalse();
    }

    @Test
    void whoseTheRootDirectoryIsStaysOnATipOnWhatWasFrozen() throws IOException {
        in(web, mounted -> {
            Files.setAttribute(mounted, "unix:uid", 700_033);
            Files.setAttribute(mounted, "unix:gid", 700_034);
            Files.setPosixFilePermissions(mounted, PosixFilePermissions.fromString("rwxr-x---"));
        });
        List<Layer> frozen = List.of(Layer.own("web"));
        List<Layer> lent = List.of(Layer.own("web").lentBy(WEB));
        RootFilesystem later = new RootFilesystem(store, "web@1", driver.needed(frozen), image, WEB);
        RootFilesystem copy = new RootFilesystem(store, "mail", driver.needed(lent), image, MAIL);

        driver.create(later.with("web@1", frozen));
        driver.create(copy.with("mail", lent));

        in(later, mounted -> assertThat(uid(mounted)).isEqualTo(700_033));
        in(copy, mounted -> assertThat(uid(mounted)).isEqualTo(800_033));
        in(copy, mounted -> assertThat(Files.getAttribute(mounted, "unix:gid")).isEqualTo(800_034));
        in(
                copy,
                mounted -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(mounted)))
                        .isEqualTo("rwxr-x---"));
    }

    @Test
    void whatIsMadeMayBeMadeAgainAndWhatIsGoneDestroyedAgain() throws IOException {
        driver.create(web);
        driver.copy(web, "web@copy");
        driver.copy(web, "web@copy");

        driver.destroy(store.resolve("web@copy"));
        driver.destroy(store.resolve("web@copy"));

        assertThat(store.resolve("web@copy")).doesNotExist();
        in(web, root -> assertThat(root.resolve("etc/name")).hasContent("image"));
    }

    @Test
    void aLayerThatIsMadeAgainAfterItsEndHasNothingOfTheFormer() throws IOException {
        in(web, root -> Files.writeString(root.resolve("etc/name"), "former"));
        destroy("web");

        driver.create(web);

        in(web, root -> assertThat(root.resolve("etc/name")).hasContent("image"));
    }

    @Test
    void usageGrowsWithWhatIsWritten() throws IOException {
        byte[] incompressible = new byte[1 << 20];
        new Random(1).nextBytes(incompressible);
        in(web, root -> Files.write(root.resolve("big"), incompressible));
        driver.copy(web, "web@copy");

        assertThat(driver.usage(store.resolve("web@copy"))).isGreaterThanOrEqualTo(1 << 20);
    }

    @Test
    void aSharedTreeShowsEachContainerItsOwnIdsAndIsMountedTwiceAtOnce() throws IOException {
        driver.createShared(shared(WEB));
        Path other = Files.createDirectory(target.resolveSibling("other"));
        try (Fd mount = driver.mountShared(shared(MAIL))) {
            Mounts.attach(mount, other);
        }

        inShared(shared(WEB), tree -> {
            Path file = Files.writeString(tree.resolve("file"), "shared");
            Files.setAttribute(file, "unix:uid", 700_033);
            assertThat(uid(other.resolve("file"))).isEqualTo(800_033);
            Files.writeString(other.resolve("file"), "changed");
            assertThat(file).hasContent("changed");
        });

        Mounts.unmount(other);
        inShared(shared(WEB), tree -> assertThat(uid(tree.resolve("file"))).isEqualTo(700_033));
    }

    @Test
    void neitherSetuidProgramsNorDevicesWorkInASharedTree() throws IOException {
        driver.createShared(shared(WEB));

        inShared(
                shared(WEB),
                tree -> assertThat(Mounts.table().stream()
                                .filter(m -> m.target().equals(tree))
                                .flatMap(m -> m.options().stream()))
                        .contains("nosuid", "nodev"));
    }

    @Test
    void aSharedTreeMayBeMadeAgainAndIsEmptyAfterItsEnd() throws IOException {
        driver.createShared(shared(WEB));
        inShared(shared(WEB), tree -> Files.writeString(tree.resolve("file"), "former"));
        driver.createShared(shared(WEB));
        inShared(shared(WEB), tree -> assertThat(tree.resolve("file")).hasContent("former"));
        destroy("shared@media@00000001");

        driver.createShared(shared(WEB));

        inShared(shared(WEB), tree -> assertThat(tree).isEmptyDirectory());
        assertThat(driver.usage(store.resolve("shared@media@00000001"))).isLessThan(1 << 20);
    }
}
