package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The account files of this very host, as newuidmap(1) reads them. */
@Tag("root")
class NewuidmapTest {
    private static final HostIds IDS = new HostIds(3_900_000_000L, 65_536);

    private final String instance =
            "t%06x".formatted(ThreadLocalRandom.current().nextInt(1 << 24));
    private final SystemAccounts accounts = new SystemAccounts(Path.of("/etc"), instance);
    private final Account account =
            new Account(Account.nameOf(instance, "pool", "web"), 99_000, IdMap.from(IDS), IdMap.from(IDS));

    @AfterEach
    void removeAccount() {
        accounts.apply(List.of());
    }

    private List<String> asAccount(String... command) {
        List<String> words = new ArrayList<>(List.of("setpriv", "--reuid=99000", "--regid=99000", "--clear-groups"));
        words.addAll(List.of(command));
        return words;
    }

    private record Ended(int status, String output) {}

    private static Ended run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    /** Maps ids for a process of the account in a user namespace of its own. Returns what it then has, or why it has not. */
    private String mapped(String tool, String file, String... map) throws IOException, InterruptedException {
        Process sleeper =
                new ProcessBuilder(asAccount("unshare", "--user", "sh", "-c", "echo ready; exec cat")).start();
        try {
            assertThat((char) sleeper.getInputStream().read()).isEqualTo('r');
            List<String> command = asAccount(tool, Long.toString(sleeper.pid()));
            command.addAll(List.of(map));
            Ended ended = run(command);
            if (ended.status() != 0) {
                return ended.output();
            }
            return Files.readString(Path.of("/proc", Long.toString(sleeper.pid()), file))
                    .strip()
                    .replaceAll(" +", " ");
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }

    @Test
    void anAccountMayMapItsIdsAndItsOwn() throws IOException, InterruptedException {
        accounts.add(account);
        assertThat(mapped("newuidmap", "uid_map", "0", "3900000000", "65536", "65536", "99000", "1"))
                .isEqualTo("0 3900000000 65536\n 65536 99000 1");
        assertThat(mapped("newgidmap", "gid_map", "0", "3900000000", "65536")).isEqualTo("0 3900000000 65536");
    }

    @Test
    void anAccountMayMapNothingElse() throws IOException, InterruptedException {
        accounts.add(account);
        assertThat(mapped("newuidmap", "uid_map", "0", "3900000001", "65536")).contains("not allowed");
        assertThat(mapped("newgidmap", "gid_map", "0", "0", "1")).contains("not allowed");
    }

    @Test
    void theSystemKnowsTheAccountUntilItIsRemoved() throws IOException, InterruptedException {
        accounts.add(account);
        assertThat(run(List.of("id", account.name())).output())
                .isEqualTo("uid=99000(%1$s) gid=99000(%1$s) groups=99000(%1$s)\n".formatted(account.name()));
        accounts.remove(account.name());
        assertThat(run(List.of("id", account.name())).status()).isNotZero();
    }
}
