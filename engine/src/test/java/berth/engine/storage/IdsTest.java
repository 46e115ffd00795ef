package berth.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import berth.engine.idmap.IdMap;
import berth.linux.mount.IdExtent;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void aTranslationLeadsFromStoredToSeenHostIdsOfTheSameIdInside() {
        assertThat(Ids.translation(IdMap.parse(List.of("0:100000:65536")), IdMap.parse(List.of("0:300000:65536"))))
                .containsExactly(new IdExtent(100_000, 300_000, 65_536));
    }

    @Test
    void idsThatOnlyOneSideHasAreLeftOut() {
        IdMap stored = IdMap.parse(List.of("0:100000:1000", "5000:200000:10"));
        IdMap seen = IdMap.parse(List.of("500:300000:5000"));

        assertThat(Ids.translation(stored, seen))
                .containsExactly(new IdExtent(100_500, 300_000, 500), new IdExtent(200_000, 304_500, 10));
    }
}
