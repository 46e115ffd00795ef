package berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Change;
import berth.engine.store.Revision;
import berth.engine.store.VersionedStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerSpecTest {
    private static final ContainerSpec SPEC =
            ContainerSpec.plain("web", "web", "/default", "ab".repeat(32), new Distribution("debian", "12", "amd64"));

    private static final Change CHANGE = new Change(Instant.EPOCH, "root", "ct new web");

    @TempDir
    private Path directory;

    private VersionedStore<ContainerSpec> store;

    @BeforeEach
    void open() {
        store = new VersionedStore<>(directory, ContainerSpec.class, ContainerSpec::id);
    }

    @Test
    void whatIsNotChosenIsTheDefault() {
        assertThat(SPEC.chosenHostname()).isEmpty();
        assertThat(SPEC.dnsResolvers()).isEmpty();
        assertThat(SPEC.initCmd()).isEmpty();
        assertThat(SPEC.chosenAutostart()).isEmpty();
    }

    @Test
    void itComesBackFromItsFileAsItWas() throws Exception {
        ContainerSpec full = SPEC.withHostname("web.example.org")
                .withDnsResolvers(List.of("192.0.2.1", "2001:db8::1"))
                .withInitCmd(List.of("/bin/init", "it's one"))
                .withAutostart(new Autostart(10, 5));

        store.save(full, CHANGE);

        assertThat(store.load().objects()).extracting(Revision::value).containsExactly(full);
    }

    @Test
    void aVersionThatLooksLikeANumberStaysText() {
        store.save(SPEC, CHANGE);

        assertThat(directory.resolve("web.yml")).content().contains("version: \"12\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-web", "web-", "a b", "a\nb", "ünicode", "a..b", ".a", "a/b"})
    void aNameThatNoHostCanHaveIsRefused(String name) {
        assertThatThrownBy(() -> SPEC.withHostname(name))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("is not a host name");
    }

    @Test
    void aHostNameLongerThanTheKernelTakesIsRefused() {
        assertThatThrownBy(() -> SPEC.withHostname("a".repeat(65))).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dns.example.org", "1.2.3", "1.2.3.4\nnameserver 5.6.7.8", "1.2.3.4 # x"})
    void aResolverThatIsNoAddressIsRefused(String address) {
        assertThatThrownBy(() -> SPEC.withDnsResolvers(List.of(address)))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("is not an IP address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"999.1.1.1", "1.2.3.256", ":::::", "12345::"})
    void anAddressOutOfRangeIsRefused(String address) {
        assertThatThrownBy(() -> SPEC.withDnsResolvers(List.of(address))).isInstanceOf(BerthException.class);
    }

    @Test
    void anInitThatIsNoAbsolutePathIsRefused() {
        assertThatThrownBy(() -> SPEC.withInitCmd(List.of("init")))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void anInitArgumentThatCouldNotBeQuotedIsRefused() {
        assertThatThrownBy(() -> SPEC.withInitCmd(List.of("/init", "'\""))).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> SPEC.withInitCmd(List.of("/init", "a\nlxc.cap.keep = all")))
                .isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "_a", "a.b", "a/b", "..", "a b", "a\nb"})
    void anIdThatCouldNotNameADirectoryIsRefused(String id) {
        assertThatThrownBy(() -> new ContainerId("tank", id)).isInstanceOf(BerthException.class);
    }
}
