package berth.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Volume;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What exported containers say of themselves, which nobody vouches for. */
final class ExportedContainerTest {
    private static ExportedContainer said(int format, String further) {
        return ContainerImport.described("""
            format: %d
            exported: 2031-05-01T03:00:00Z
            label: busybox
            standalone: false
            container: {id: web, user: web, group: /default, image: %s, distribution: {name: busybox, version: "1", arch: x86_64}}
            %s
            """.formatted(format, "0".repeat(64), further));
    }

    @Test
    void oneOfBeforeThereWereDatasetsIsUnderstood() {
        ExportedContainer said = said(
                1,
                "past: {imageNamed: true, snapshots: [{name: one, at: 2031-05-01T02:00:00Z, by: root,"
                        + " command: x, activity: STOPPED}], history: []}");

        assertThat(said.names()).containsExactly("/");
        assertThat(said.states()).containsExactly(Map.entry("/", 2));
        assertThat(said.like("other").snapshots()).hasSize(1);
    }

    @Test
    void datasetsComeWithTheirQuotasAndSnapshots() {
        ExportedContainer said = said(
                2,
                "datasets: [{name: data}, {name: data/pg, quota: 20971520}]\nquota: 104857600\npast: {imageNamed: true,"
                        + " snapshots: [{name: one, at: 2031-05-01T02:00:00Z, by: root, command: x, activity: STOPPED,"
                        + " datasets: [data, old]}], history: []}");

        assertThat(said.names()).containsExactly("/", "data", "data/pg");
        assertThat(said.states().toString()).isEqualTo("{/=2, data=2, data/pg=1, old=1}");
        assertThat(said.like("other").all().stream().map(Volume::quota)).containsExactly(104857600L, null, 20971520L);
        assertThat(said.like("other").id()).isEqualTo("other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "datasets: [{name: ../etc}]",
                "datasets: [{name: /}]",
                "datasets: [{name: a//b}]",
                "datasets: [{name: 'a:b'}]",
                "datasets: [{name: a, quota: 1}]",
                "datasets: [{name: a}, {name: a}]",
                "datasets: [{name: a}, {name: b, quota: -5}]",
                "quota: 3",
                "past: {imageNamed: true, history: [], snapshots: [{name: one, at: 2031-05-01T02:00:00Z, by: root, command: x,"
                        + " activity: STOPPED, datasets: [../x]}]}",
                "past: {imageNamed: true, history: [], snapshots: [{name: one, at: 2031-05-01T02:00:00Z, by: root, command: x,"
                        + " activity: STOPPED, datasets: [/]}]}"
            })
    void namesAndQuotasThatNoDatasetHasAreRefused(String further) {
        assertThatThrownBy(() -> said(2, further))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNTRUSTED));
    }

    @Test
    void tooManyDatasetsAreRefused() {
        StringBuilder many = new StringBuilder("datasets: [");
        IntStream.range(0, 10_001).forEach(i -> many.append("{name: d%d}, ".formatted(i)));

        assertThatThrownBy(() -> said(2, many + "]")).hasMessageContaining("too many");
    }

    @Test
    void oneOfALaterVersionNeedsANewerDaemon() {
        assertThatThrownBy(() -> said(3, ""))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }
}
