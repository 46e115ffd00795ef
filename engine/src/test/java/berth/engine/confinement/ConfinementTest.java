package berth.engine.confinement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.store.Yaml;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfinementTest {
    private static final Confinement FULL = Confinement.USUAL
            .with(Resource.NOFILE, new Prlimit(new Amount(1024), new Amount(4096)))
            .with(Resource.MEMLOCK, new Prlimit(new Amount(1), Amount.parse("unlimited")))
            .withSysctls(Map.of("net.ipv4.ip_forward", "1"))
            .withCapabilities(new Capabilities(List.of("net_raw"), null))
            .withRawLxc(List.of("lxc.no_new_privs = 1"));

    @Test
    void itIsWrittenAsAPersonWouldAndReadBack() {
        String text = Yaml.write(FULL);

        assertThat(text).isEqualTo("""
                prlimits:
                  memlock:
                    soft: 1
                    hard: unlimited
                  nofile:
                    soft: 1024
                    hard: 4096
                sysctls:
                  net.ipv4.ip_forward: "1"
                capabilities:
                  drop:
                  - net_raw
                raw_lxc:
                - lxc.no_new_privs = 1
                """);
        assertThat(Yaml.read(text, Confinement.class)).isEqualTo(FULL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prlimits: {nofile: {soft: 2, hard: 1}}",
                "prlimits: {files: {soft: 1, hard: 1}}",
                "prlimits: {nofile: {soft: -1, hard: 1}}",
                "sysctls: {kernel.core_pattern: '|/bin/sh'}",
                "raw_lxc: ['lxc.idmap = u 0 0 1']",
                "capabilities: {keep: [sys_module]}",
                "capabilities: {}"
            })
    void aFileEditedByHandIsHeldToTheSame(String text) {
        assertThatThrownBy(() -> Yaml.read(text, Confinement.class)).isInstanceOf(BerthException.class);
    }

    @Test
    void filesHaveALimitWithoutAnybodysWord() {
        assertThat(Confinement.USUAL.prlimit(Resource.NOFILE)).contains(Prlimit.FILES);
        assertThat(Confinement.USUAL.prlimit(Resource.CORE)).isEmpty();
        assertThat(FULL.without(Resource.NOFILE).prlimit(Resource.NOFILE)).contains(Prlimit.FILES);
    }

    @Test
    void unlimitedIsTheKernelsOwn() {
        assertThat(Amount.parse("unlimited").value()).isEqualTo(ResourceLimit.UNLIMITED);
        assertThat(new Amount(ResourceLimit.UNLIMITED)).hasToString("unlimited");
    }

    @ParameterizedTest
    @CsvSource({
        "net.ipv4.ip_forward, net/ipv4/ip_forward",
        "net/ipv4/ip_forward, net/ipv4/ip_forward",
        "net/ipv4/conf/eth0.5/rp_filter, net/ipv4/conf/eth0.5/rp_filter",
        "net.ipv4.conf.eth0/5.rp_filter, net/ipv4/conf/eth0.5/rp_filter"
    })
    void keysAreWrittenAsSysctlTakesThem(String text, String path) {
        assertThat(GuestSysctl.path(GuestSysctl.key(text))).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "net.ipv4./../kernel/core_pattern",
                "net.//.kernel.core_pattern",
                "net.//.//.kernel.core_pattern",
                "net./.kernel.core_pattern",
                "net.ipv4...kernel.core_pattern",
                "net.../../kernel",
                "net.",
                "net",
                "net.a\nb",
                "/net.ipv4.ip_forward"
            })
    void keysThatLeaveTheirPlaceAreNone(String key) {
        assertThatThrownBy(() -> GuestSysctl.require(key, "1")).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "net/../kernel/core_pattern",
                "net/ipv4/../../kernel/core_pattern",
                "net/./core/somaxconn",
                "net//core/somaxconn",
                "fs/mqueue/../file-max"
            })
    void whatAPersonWritesCannotLeaveItsPlaceEither(String text) {
        String key = GuestSysctl.key(text);

        assertThatThrownBy(() -> GuestSysctl.require(key, "1")).isInstanceOf(BerthException.class);
    }

    @Test
    void capabilitiesThatAreNotKeptAreDropped() {
        List<String> dropped = Capabilities.dropped(new Capabilities(null, List.of("chown", "kill")));

        assertThat(dropped).doesNotContain("chown", "kill").contains("net_raw", "sys_admin", "sys_module");
        assertThat(dropped).doesNotHaveDuplicates();
        assertThat(Capabilities.dropped(null)).isEqualTo(Capabilities.NEVER);
    }

    @Test
    void whyALineForLxcIsRefusedIsTold() {
        assertThatThrownBy(() -> RawLxc.parse("lxc.hook.pre-mount = /bin/sh")).hasMessageContaining("run on the host");
    }

    @Test
    void commentsAndEmptyLinesAreNoLinesForLxc() {
        assertThat(RawLxc.parse("# one\n\n  lxc.no_new_privs = 1  \n")).containsExactly("lxc.no_new_privs = 1");
    }
}
