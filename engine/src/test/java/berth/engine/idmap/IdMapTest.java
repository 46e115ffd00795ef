package berth.engine.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdMapTest {
    private static IdMap map(String... mappings) {
        return IdMap.parse(List.of(mappings));
    }

    @Test
    void idsAreMappedThereAndBack() {
        IdMap map = map("1000:5000:10", "0:666000:1000");
        assertThat(map.toHost(0)).isEqualTo(OptionalLong.of(666_000));
        assertThat(map.toHost(1009)).isEqualTo(OptionalLong.of(5009));
        assertThat(map.toHost(1010)).isEmpty();
        assertThat(map.fromHost(666_999)).isEqualTo(OptionalLong.of(999));
        assertThat(map.fromHost(667_000)).isEmpty();
        assertThat(map.root()).isEqualTo(666_000);
        assertThat(map.total()).isEqualTo(1010);
        assertThat(map).hasToString("0:666000:1000,1000:5000:10");
    }

    @Test
    void mapsOverlapWhenTheyShareAHostId() {
        assertThat(map("0:1000:10").overlaps(map("0:1009:1"))).isTrue();
        assertThat(map("0:1000:10").overlaps(map("0:1010:10"))).isFalse();
        assertThat(map("0:1000:10").overlaps(map("0:1:5", "5:900:200"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0:1",
                "0:1:2:3",
                "a:1:2",
                "0:-1:2",
                "0:1:0",
                "0: 1:2",
                "0:4294967295:1",
                "0:4294967294:2",
                "4294967295:1:1",
                "0:1:99999999999"
            })
    void whatIsNoMappingIsRefused(String text) {
        assertThatThrownBy(() -> IdMapping.parse(text))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void theHighestIdIsTheOneBelowNoId() {
        assertThat(IdMapping.parse("0:4294967294:1").outsideIds().end()).isEqualTo(HostIds.LIMIT);
    }

    @Test
    void mappingsThatOverlapInsideOrOutsideAreRefused() {
        assertThatThrownBy(() -> map("0:1000:10", "9:2000:10")).hasMessageContaining("overlap");
        assertThatThrownBy(() -> map("0:1000:10", "10:1009:10")).hasMessageContaining("overlap");
        assertThatThrownBy(() -> map()).isInstanceOf(BerthException.class);
    }
}
