package berth.linux.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountPointTest {
    @Test
    void aLineIsReadInFull() {
        String line = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue";

        MountPoint mount = MountPoint.parse(line).orElseThrow();

        assertThat(mount.id()).isEqualTo(36);
        assertThat(mount.parent()).isEqualTo(35);
        assertThat(mount.root()).isEqualTo("/mnt1");
        assertThat(mount.target()).isEqualTo(Path.of("/mnt2"));
        assertThat(mount.options()).containsExactlyInAnyOrder("rw", "noatime");
        assertThat(mount.tags()).containsExactly("master:1", "shared:7");
        assertThat(mount.type()).isEqualTo("ext3");
        assertThat(mount.source()).isEqualTo("/dev/root");
        assertThat(mount.superOptions()).isEqualTo("rw,errors=continue");
    }

    @Test
    void escapedCharactersComeBackAlsoAmongLettersOfManyBytes() {
        String line = "1 2 0:1 / /a\\040b\\011\\134č rw - tmpfs x rw";

        assertThat(MountPoint.parse(line).orElseThrow().target()).isEqualTo(Path.of("/a b\t\\č"));
    }

    @Test
    void aLineThatIsNoneIsLeftOut() {
        assertThat(MountPoint.parse("")).isEmpty();
        assertThat(MountPoint.parse("1 2 3")).isEmpty();
    }
}
