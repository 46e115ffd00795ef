package berth.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeTest {
    private static Volume volume(String name, String tip) {
        return new Volume(name, tip, List.of(Layer.own(tip + "-below")), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "data", "data/pg", "0", "a.b/c_d-e", "DATA"})
    void theseAreNames(String name) {
        assertThat(volume(name, "tip").name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/data", "data/", "a//b", "..", "a/../b", ".hidden", "a b", "a@b", "a:b", "a\nb"})
    void theseAreNoNames(String name) {
        assertThatThrownBy(() -> Volume.requireName(name)).isInstanceOf(BerthException.class);
    }

    @Test
    void aNameHasABound() {
        assertThatThrownBy(() -> Volume.requireName("a".repeat(61))).hasMessageContaining("is not a name");
    }

    @Test
    void whatItIsNestedInIsToldByItsName() {
        assertThat(volume("data/pg/wal", "tip").parent()).contains("data/pg");
        assertThat(volume("data", "tip").parent()).isEmpty();
        assertThat(volume(Volume.ROOT, "tip").parent()).isEmpty();
        assertThat(volume("data/pg", "tip").isWithin("data")).isTrue();
        assertThat(volume("data2", "tip").isWithin("data")).isFalse();
    }

    @Test
    void aQuotaOfNextToNothingIsRefused() {
        assertThatThrownBy(() -> volume("data", "tip").bounded(0L)).hasMessageContaining("0 bytes");
        assertThatThrownBy(() -> volume("data", "tip").bounded(4096L)).hasMessageContaining("4096 bytes");
    }

    @Test
    void aDatasetNeedsTheLayersOfAllItsFileSystemsAndSnapshots() {
        Dataset dataset = Dataset.fresh("web")
                .with(List.of(volume(Volume.ROOT, "root"), volume("data", "tip")))
                .with(new Snapshot(
                        "one",
                        Instant.EPOCH,
                        "root",
                        "ct snapshot new",
                        Snapshot.Activity.STOPPED,
                        List.of(Layer.own("old-root")),
                        Map.of("data", List.of(Layer.own("old-data"))),
                        Snapshot.Origin.ASKED));

        assertThat(dataset.layers())
                .containsExactlyInAnyOrder("root", "root-below", "tip", "tip-below", "old-root", "old-data");
        assertThat(dataset.withoutVolumes(Set.of("data")).layers())
                .containsExactlyInAnyOrder("root", "root-below", "old-root", "old-data");
    }

    @Test
    void aContainerHasOneFileSystemOfAName() {
        assertThatThrownBy(() -> new Dataset(
                        "web", "web", List.of(), List.of(), List.of(volume("data", "a"), volume("data", "b")), null))
                .hasMessageContaining("two datasets 'data'");
        assertThatThrownBy(
                        () -> new Dataset("web", "web", List.of(), List.of(), List.of(volume(Volume.ROOT, "a")), null))
                .hasMessageContaining("two datasets '/'");
    }
}
