package berth.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containers of one image must not have in common. */
@Tag("root")
class GuestIdentityTest {
    private static final String ID = "0123456789abcdef0123456789abcdef\n";

    @TempDir
    Path scratch;

    private Path image;
    private Path guest;
    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void anImageAndAContainerOfIt() throws IOException {
        image = Files.createDirectory(scratch.resolve("image"));
        guest = Files.createDirectory(scratch.resolve("guest"));
        Files.createDirectories(image.resolve("etc/ssh"));
        Files.createDirectories(guest.resolve("etc/ssh"));
    }

    @Test
    void aMachineIdThatCameWithTheImageIsReplacedAlthoughItIsReadOnly() throws IOException {
        both("etc/machine-id", ID);
        Files.setPosixFilePermissions(guest.resolve("etc/machine-id"), PosixFilePermissions.fromString("r--r--r--"));
        distinguish();
        assertThat(Files.readString(guest.resolve("etc/machine-id")))
                .matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}\n")
                .isNotEqualTo(ID);
        assertThat(notes).anySatisfy(note -> assertThat(note).contains("machine id"));
    }

    @Test
    void theMachineIdOfDbusFollows() throws IOException {
        Files.createDirectories(image.resolve("var/lib/dbus"));
        Files.createDirectories(guest.resolve("var/lib/dbus"));
        both("etc/machine-id", ID);
        both("var/lib/dbus/machine-id", ID);
        distinguish();
        assertThat(guest.resolve("var/lib/dbus/machine-id")).hasSameTextualContentAs(guest.resolve("etc/machine-id"));
    }

    @Test
    void anIdentityOfItsOwnStays() throws IOException {
        Files.writeString(image.resolve("etc/machine-id"), ID);
        Files.writeString(guest.resolve("etc/machine-id"), ID.replace('0', 'f'));
        Files.writeString(image.resolve("etc/ssh/ssh_host_rsa_key"), "the secret of an image");
        Files.writeString(guest.resolve("etc/ssh/ssh_host_rsa_key"), "the secret of a guest");
        distinguish();
        assertThat(guest.resolve("etc/machine-id")).hasContent(ID.replace('0', 'f'));
        assertThat(guest.resolve("etc/ssh/ssh_host_rsa_key")).hasContent("the secret of a guest");
        assertThat(notes).isEmpty();
    }

    @Test
    void anEmptyMachineIdIsLeftToTheGuestsOwnInit() throws IOException {
        both("etc/machine-id", "");
        distinguish();
        assertThat(guest.resolve("etc/machine-id")).isEmptyFile();
        assertThat(notes).isEmpty();
    }

    @Test
    void hostKeysThatCameWithTheImageAreReplacedByOneThatSshCanUse() throws Exception {
        both("etc/ssh/ssh_host_rsa_key", "the secret of an image");
        both("etc/ssh/ssh_host_rsa_key.pub", "ssh-rsa AAAA");
        both("etc/ssh/ssh_host_ed25519_key", "another secret of an image");
        distinguish();
        assertThat(guest.resolve("etc/ssh/ssh_host_rsa_key")).doesNotExist();
        assertThat(guest.resolve("etc/ssh/ssh_host_rsa_key.pub")).doesNotExist();
        Path key = guest.resolve("etc/ssh/ssh_host_ed25519_key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");

        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "no program 'ssh-keygen'");
        Process keygen = new ProcessBuilder("ssh-keygen", "-y", "-P", "", "-f", key.toString()).start();
        String derived = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(keygen.waitFor()).isZero();
        assertThat(derived.strip())
                .isEqualTo(Files.readString(guest.resolve("etc/ssh/ssh_host_ed25519_key.pub"))
                        .strip());
    }

    @Test
    void aLinkInTheGuestLeadsNoKeyOutOfIt() throws IOException {
        Path outside = Files.createDirectory(scratch.resolve("outside"));
        both("etc/machine-id", ID);
        Files.delete(guest.resolve("etc/machine-id"));
        Files.writeString(outside.resolve("id"), ID);
        Files.createSymbolicLink(guest.resolve("etc/machine-id"), outside.resolve("id"));
        distinguish();
        assertThat(outside.resolve("id")).hasContent(ID);
    }

    private void both(String path, String content) throws IOException {
        Files.writeString(image.resolve(path), content);
        Files.writeString(guest.resolve(path), content);
    }

    private void distinguish() {
        try (Directory ours = Directory.open(guest, Resolution.IN_ROOT);
                Directory theirs = Directory.open(image, Resolution.IN_ROOT)) {
            new GuestIdentity(new GuestTree(ours, 0, 0, notes::add), new SecureRandom())
                    .distinguishFrom(new GuestTree(theirs, 0, 0, _ -> {}));
        }
    }
}
