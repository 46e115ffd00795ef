package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemAccountsTest {
    @TempDir
    private Path dir;

    private Host host = new Host();
    private SystemAccounts accounts = host.accounts("osctl");

    @BeforeEach
    void makeHost() {
        host = Host.in(dir);
        accounts = host.accounts("osctl");
    }

    private static Account account(int n) {
        IdMap map = IdMap.from(new HostIds(1_000_000 + n * 65_536L, 65_536));
        return new Account("osctl-tank-u" + n, 70_000 + n, map, map);
    }

    @Test
    void anAccountIsOneLineInEachFile() {
        accounts.add(account(1));
        assertThat(host.read("passwd"))
                .endsWith("osctl-tank-u1:x:70001:70001:osctl instance osctl:/run/osctl:/usr/sbin/nologin");
        assertThat(host.read("group")).endsWith("osctl-tank-u1:x:70001:");
        assertThat(host.read("subuid")).containsExactly("alice:100000:65536", "osctl-tank-u1:1065536:65536");
        assertThat(host.read("subgid")).containsExactly("alice:100000:65536", "osctl-tank-u1:1065536:65536");
        assertThat(accounts.names()).containsExactly("osctl-tank-u1");
    }

    @Test
    void everyMappingIsALineOfDelegation() {
        IdMap uids = IdMap.parse(List.of("0:2000000:1000", "1000:3000000:1"));
        accounts.add(new Account("osctl-tank-a", 70_000, uids, IdMap.parse(List.of("0:2000000:5"))));
        assertThat(host.read("subuid")).endsWith("osctl-tank-a:2000000:1000", "osctl-tank-a:3000000:1");
        assertThat(host.read("subgid")).endsWith("osctl-tank-a:2000000:5");
    }

    @Test
    void removingAnAccountLeavesTheFilesAsTheyWere() {
        List<String> before = host.read("passwd");
        accounts.add(account(1));
        accounts.remove("osctl-tank-u1");
        accounts.remove("osctl-tank-u1");
        assertThat(host.read("passwd")).isEqualTo(before);
        assertThat(host.read("group")).hasSize(3);
        assertThat(host.read("subuid")).containsExactly("alice:100000:65536");
    }

    @Test
    void addingTwiceWritesNothingTheSecondTime() throws IOException {
        accounts.add(account(1));
        Object before = Files.getAttribute(host.etc().resolve("passwd"), "unix:ino");
        accounts.add(account(1));
        assertThat(Files.getAttribute(host.etc().resolve("passwd"), "unix:ino")).isEqualTo(before);
        assertThat(host.read("passwd")).hasSize(3);
    }

    @Test
    void aHalfAddedAccountIsCompleted() {
        accounts.add(account(1));
        host.write("subuid", "alice:100000:65536\n");
        accounts.add(account(1));
        assertThat(host.read("subuid")).hasSize(2);
    }

    @Test
    void linesOfOthersStayByteForByte() throws IOException {
        byte[] strange = "b\u00e9a:x:1001:1001:\u00ff\u0085:/:/bin/sh\r\n\n+::::::\n#x\n\n"
                .getBytes(StandardCharsets.ISO_8859_1);
        Files.write(host.etc().resolve("passwd"), strange);
        accounts.add(account(1));
        accounts.remove("osctl-tank-u1");
        assertThat(host.etc().resolve("passwd")).hasBinaryContent(strange);
    }

    @Test
    void aLastLineWithoutAnEndIsNotJoined() {
        host.write("subuid", "alice:100000:65536");
        accounts.add(account(1));
        assertThat(host.read("subuid")).containsExactly("alice:100000:65536", "osctl-tank-u1:1065536:65536");
    }

    @Test
    void theModeOfAFileIsKeptAndAMissingFileIsMade() throws IOException {
        Files.setPosixFilePermissions(host.etc().resolve("passwd"), PosixFilePermissions.fromString("r--r-----"));
        Files.delete(host.etc().resolve("subgid"));
        accounts.add(account(1));
        assertThat(Files.getPosixFilePermissions(host.etc().resolve("passwd")))
                .isEqualTo(PosixFilePermissions.fromString("r--r-----"));
        assertThat(Files.getPosixFilePermissions(host.etc().resolve("subgid")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void onlyAccountsOfThisInstanceAreRemoved() {
        host.accounts("other")
                .add(new Account(
                        "other-tank-x", 71_000, account(9).uids(), account(9).gids()));
        accounts.addAll(List.of(account(1), account(2)));
        accounts.apply(List.of(account(2)));
        assertThat(accounts.names()).containsExactly("osctl-tank-u2");
        assertThat(host.read("subuid"))
                .containsExactly("alice:100000:65536", "other-tank-x:1589824:65536", "osctl-tank-u2:1131072:65536");
    }

    @Test
    void restoringGoesOnWhenSomebodyElseWasGivenTheIdsMeanwhile() {
        accounts.add(account(1));
        host.write("subuid", "bob:1000000:200000\n");
        accounts.restore(List.of(account(1)));
        assertThat(host.read("subuid")).containsExactly("bob:1000000:200000", "osctl-tank-u1:1065536:65536");
    }

    @Test
    void anotherAccountOfThatNameIsNeverTouched() {
        host.write("passwd", "osctl-tank-u1:x:1001:1001::/home/x:/bin/sh\n");
        assertThatThrownBy(() -> accounts.add(account(1)))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE))
                .hasMessageContaining("there is already an account 'osctl-tank-u1'");
        accounts.remove("osctl-tank-u1");
        assertThat(host.read("passwd")).containsExactly("osctl-tank-u1:x:1001:1001::/home/x:/bin/sh");
    }

    @Test
    void idsOfOthersAreRefused() {
        IdMap map = account(1).uids();
        assertThatThrownBy(() -> accounts.add(new Account("osctl-a", 1000, map, map)))
                .hasMessage("account 'osctl-a' cannot be made: id 1000 belongs to account 'alice'");
        assertThatThrownBy(() -> accounts.add(new Account("osctl-a", 44, map, map)))
                .hasMessageContaining("group 'video'");
        IdMap hers = IdMap.from(new HostIds(165_535, 2));
        assertThatThrownBy(() -> accounts.add(new Account("osctl-a", 70_000, hers, map)))
                .hasMessageContaining("ids 100000-165535 belong to 'alice', by");
    }

    @Test
    void whatIsDelegatedToTheAccountsOwnNumberIsNoObstacle() {
        host.write("subuid", "5000:666000:65536\n");
        IdMap map = IdMap.from(new HostIds(666_000, 65_536));
        accounts.add(new Account("osctl-tank-seed", 5000, map, map));
        assertThat(host.read("subuid")).containsExactly("5000:666000:65536", "osctl-tank-seed:666000:65536");
    }

    @Test
    void changesOfOthersAreSeen() throws IOException {
        assertThat(accounts.foreign()).isNotEmpty();
        host.write("subuid", "bob:1065000:10000\n");
        Files.setLastModifiedTime(host.etc().resolve("subuid"), FileTime.fromMillis(1));
        assertThatThrownBy(() -> accounts.add(account(1))).hasMessageContaining("'bob'");
    }

    @Test
    void anInterruptDoesNotSpoilAnEdit() {
        Thread.currentThread().interrupt();
        accounts.add(account(1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(host.read("subgid")).hasSize(2);
    }

    @Test
    void whatAnInterruptedEditLeftIsRemovedAtTheStart() throws IOException {
        Files.writeString(host.etc().resolve(".passwd.0badcafe.tmp"), "half");
        Files.writeString(host.etc().resolve(".other.0badcafe.tmp"), "not ours");
        accounts.apply(List.of(account(1)));
        assertThat(host.etc().resolve(".passwd.0badcafe.tmp")).doesNotExist();
        assertThat(host.etc().resolve(".other.0badcafe.tmp")).exists();
    }

    @Test
    void manyAtOnceLoseNothing() {
        IntStream.range(0, 20).parallel().forEach(n -> accounts.add(account(n)));
        assertThat(host.read("passwd")).hasSize(22);
        assertThat(host.read("subgid")).hasSize(21);
    }

    @Test
    void loginNamesAreShortAndDifferAndStayTheSame() {
        assertThat(Account.nameOf("osctl", "tank", "web")).isEqualTo("osctl-tank-web");
        String longer = Account.nameOf("osctl", "tank", "a".repeat(40));
        assertThat(longer)
                .hasSize(31)
                .startsWith("osctl-tank-aaaa")
                .isEqualTo(Account.nameOf("osctl", "tank", "a".repeat(40)));
        assertThat(longer).isNotEqualTo(Account.nameOf("osctl", "tank", "a".repeat(41)));
        assertThat(Account.nameOf("osctl", "My.Pool", "web")).matches("osctl-my_pool-web-[0-9a-f]{8}");
        assertThat(Account.nameOf("1", "tank", "web")).matches("_1-tank-web-[0-9a-f]{8}");
    }
}
