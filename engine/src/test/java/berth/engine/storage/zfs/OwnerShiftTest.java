package berth.engine.storage.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.idmap.HostIds;
import berth.engine.idmap.IdMap;
import berth.engine.storage.Ids;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class OwnerShiftTest {
    private static final String CAPABILITY = "security.capability";
    /** {@code cap_net_raw=ep}. */
    private static final String VERSION_2 = "0100000200200000000000000000000000000000";

    /** Ids that begin among those they are shifted from: what is shifted twice shows. */
    private static final Ids WEB = ids(1000);

    private static final Ids MAIL = ids(800_000);

    @TempDir
    private Path directory;

    private Directory tree;

    @BeforeEach
    void open() {
        tree = Directory.open(directory, Resolution.NO_LINKS);
    }

    @AfterEach
    void close() {
        tree.close();
    }

    private static Ids ids(long start) {
        IdMap map = IdMap.from(new HostIds(start, 65_536));
        return new Ids(map, map);
    }

    private Object attribute(String name, String attribute) throws IOException {
        return Files.getAttribute(directory.resolve(name), "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    }

    private String capability(String name) {
        return HexFormat.of().formatHex(tree.xattrs(name).get(CAPABILITY));
    }

    @Test
    void everyKindOfFileGetsTheHostsIds() throws IOException {
        Files.createDirectory(directory.resolve("d"));
        Files.createFile(directory.resolve("d/f"));
        tree.chown("d/f", 5, 6);
        tree.symlink("f", "d/l");
        tree.createFifo("p", 0600);

        OwnerShift.toHost(WEB).apply(tree);

        assertThat(attribute("", "uid")).isEqualTo(1000);
        assertThat(attribute("d", "gid")).isEqualTo(1000);
        assertThat(attribute("d/f", "uid")).isEqualTo(1005);
        assertThat(attribute("d/f", "gid")).isEqualTo(1006);
        assertThat(attribute("d/l", "uid")).isEqualTo(1000);
        assertThat(attribute("p", "uid")).isEqualTo(1000);
    }

    @Test
    void aFileWithSeveralNamesIsShiftedOnce() throws IOException {
        Files.createFile(directory.resolve("a"));
        Files.createLink(directory.resolve("b"), directory.resolve("a"));
        Files.createLink(directory.resolve("c"), directory.resolve("a"));

        OwnerShift.toHost(WEB).apply(tree);

        assertThat(attribute("c", "uid")).isEqualTo(1000);
        assertThat(attribute("c", "nlink")).isEqualTo(3);
    }

    @Test
    void setuidBitsStay() throws IOException {
        Files.createFile(
                directory.resolve("su"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        tree.chmod("su", 06755);

        OwnerShift.toHost(WEB).apply(tree);

        assertThat((int) attribute("su", "mode") & 07777).isEqualTo(06755);
    }

    @Test
    void capabilitiesBecomeThoseOfTheContainersRoot() throws IOException {
        Files.createFile(directory.resolve("ping"));
        tree.setXattr("ping", CAPABILITY, HexFormat.of().parseHex(VERSION_2));

        OwnerShift.toHost(WEB).apply(tree);

        assertThat(capability("ping")).isEqualTo("0100000300200000000000000000000000000000" + "e8030000");
    }

    @Test
    void capabilitiesGoFromOneContainersRootToAnothers() throws IOException {
        Files.createFile(directory.resolve("ping"));
        tree.setXattr("ping", CAPABILITY, HexFormat.of().parseHex(VERSION_2));
        OwnerShift.toHost(WEB).apply(tree);

        OwnerShift.between(WEB, MAIL).apply(tree);

        assertThat(capability("ping")).endsWith("00350c00");
        assertThat(attribute("ping", "uid")).isEqualTo(800_000);
    }

    @Test
    void accessControlListsNameTheHostsIds() throws IOException {
        Files.createFile(directory.resolve("f"));
        // user::rw-, user:5:r--, group::r--, mask::r--, other::---
        String before = "02000000" + "01000600ffffffff" + "0200040005000000" + "04000400ffffffff" + "10000400ffffffff"
                + "20000000ffffffff";
        tree.setXattr("f", "system.posix_acl_access", HexFormat.of().parseHex(before));

        OwnerShift.toHost(WEB).apply(tree);

        assertThat(HexFormat.of().formatHex(tree.xattrs("f").get("system.posix_acl_access")))
                .isEqualTo(before.replace("0200040005000000", "02000400ed030000"));
    }

    @Test
    void idsWithoutACounterpartStay() throws IOException {
        Files.createFile(directory.resolve("f"));
        tree.chown("f", 200_000, 200_000);

        OwnerShift.toHost(WEB).apply(tree);

        assertThat(attribute("f", "uid")).isEqualTo(200_000);
    }
}
