package berth.engine.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.store.Change;
import berth.engine.store.Yaml;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedDatasetTest {
    private static final SharedDataset MEDIA = SharedDataset.fresh("media", "1f3a6c02", 50L << 30);
    private static final Change DELETION = new Change(Instant.EPOCH, "root", "pool dataset del bulk media");

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "-x", ".x", "a/b", "a:b", "a@b", "a b", "ä", "a\n"})
    void aNameIsNoPathAndNoOption(String name) {
        assertThatThrownBy(() -> new DatasetName("bulk", name)).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> SharedDataset.fresh(name, "1f3a6c02", null)).isInstanceOf(BerthException.class);
    }

    @Test
    void aNameHasALength() {
        assertThat(new DatasetName("bulk", "a".repeat(60)).name()).hasSize(60);
        assertThatThrownBy(() -> new DatasetName("bulk", "a".repeat(61))).isInstanceOf(BerthException.class);
    }

    @Test
    void aNameIsReadAsItIsWritten() {
        assertThat(DatasetName.parse("bulk:media")).isEqualTo(new DatasetName("bulk", "media"));
        assertThat(DatasetName.parse("bulk:media")).hasToString("bulk:media");
        assertThat(DatasetName.isMeantBy("data/pg")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"media", ":media", "bulk:", "../x:media", "bulk:a:b", "Bulk:media", "bulk:../media"})
    void whatNamesNoPoolAndNoDatasetIsRefused(String text) {
        assertThatThrownBy(() -> DatasetName.parse(text)).isInstanceOf(BerthException.class);
    }

    @Test
    void anOwnerIsAUserAndAGroupOfTheInside() {
        assertThat(TreeOwner.parse("1000:33")).isEqualTo(new TreeOwner(1000, 33));
        assertThat(TreeOwner.parse("1000")).isEqualTo(new TreeOwner(1000, 1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "root", "65536", "1:65536", "-1", "1:", ":1", "1:2:3", "0x1"})
    void whatIsNoOwnerIsRefused(String text) {
        assertThatThrownBy(() -> TreeOwner.parse(text)).isInstanceOf(BerthException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"media", "media@", "media@xyz", "@1f3a6c02", "../x@1f3a6c02", "media@1f3a6c02/..", "a@b@1f3a6c02"
            })
    void aRecordNamesNoLayerOfOthers(String id) {
        assertThatThrownBy(() -> new SharedDataset(id, "media", null, null)).isInstanceOf(BerthException.class);
    }

    @Test
    void itsLayerStaysTheSameThroughTrashAndRenaming() {
        SharedDataset back = MEDIA.discarded(DELETION).restored("films");

        assertThat(back.layer()).isEqualTo(MEDIA.layer()).isEqualTo("shared@media@1f3a6c02");
        assertThat(back.name()).isEqualTo("films");
        assertThat(back.deletion()).isEmpty();
        assertThat(back.bound()).hasValue(50L << 30);
    }

    @Test
    void itIsTheSameAfterItWasWritten() {
        assertThat(Yaml.read(Yaml.write(MEDIA), SharedDataset.class)).isEqualTo(MEDIA);
        assertThat(Yaml.read(Yaml.write(MEDIA.discarded(DELETION)), SharedDataset.class))
                .isEqualTo(MEDIA.discarded(DELETION));
    }
}
