package berth.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.btrfs.BtrfsDisks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolPlacesTest {
    @TempDir
    private Path directory;

    private String zpool = "tank";
    private String mountPoint = "zpool";

    private PoolPlaces.Place place(String name, Optional<String> driver, Optional<String> dataset, OptionalLong size) {
        return places().of(new NewPool(name, Optional.empty(), driver, dataset, size));
    }

    private PoolPlaces places() {
        return new PoolPlaces(directory, new BtrfsDisks(), new OneZpool());
    }

    /** {@link #zpool}, whose datasets are mounted at {@link #mountPoint}. */
    private final class OneZpool implements PoolDatasets {
        @Override
        public boolean hasZpool(String name) {
            return name.equals(zpool);
        }

        @Override
        public Path provide(String dataset, Path otherwise) {
            return mount(dataset);
        }

        @Override
        public Path mount(String dataset) {
            if (!dataset.startsWith(zpool)) {
                throw new BerthException(ErrorCode.NOT_FOUND, "there is no " + dataset);
            }
            return directory.resolve(mountPoint);
        }

        @Override
        public String at(Path path) {
            return zpool;
        }
    }

    private PoolRecord installed() {
        return new PoolRecord(
                "tank",
                directory.resolve("zpool").toString(),
                "zfs",
                Optional.of(Instant.EPOCH),
                Optional.empty(),
                Optional.of("tank"),
                true);
    }

    @Test
    void theNameOfAZpoolMeansThatZpool() {
        assertThat(place("tank", Optional.empty(), Optional.empty(), OptionalLong.empty()))
                .isEqualTo(
                        new PoolPlaces.Place(directory.resolve("zpool"), "zfs", Optional.empty(), Optional.of("tank")));
    }

    @Test
    void anotherNameIsADirectory() {
        assertThat(place("main", Optional.empty(), Optional.empty(), OptionalLong.empty()))
                .isEqualTo(new PoolPlaces.Place(directory.resolve("main"), "dir", Optional.empty(), Optional.empty()));
    }

    @Test
    void theDriverThatIsAskedForIsTakenWhateverTheNameIs() {
        assertThat(place("tank", Optional.of("dir"), Optional.empty(), OptionalLong.empty())
                        .driver())
                .isEqualTo("dir");
    }

    @Test
    void aDatasetNeedsNoDriver() {
        assertThat(place("main", Optional.empty(), Optional.of("tank/berth"), OptionalLong.empty())
                        .dataset())
                .contains("tank/berth");
    }

    @Test
    void aDatasetWithAnotherDriverIsRefused() {
        assertThatThrownBy(() -> place("tank", Optional.of("dir"), Optional.of("tank/berth"), OptionalLong.empty()))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("has its own place");
    }

    @Test
    void noFileSystemOfZfsIsMadeInAFile() {
        assertThatThrownBy(() -> place("tank", Optional.of("zfs"), Optional.empty(), OptionalLong.of(1L << 30)))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("no file system of ZFS");
    }

    @Test
    void aPoolIsNotTakenForTheOneWhereItsDatasetIsNow() throws Exception {
        places().open(installed());
        mountPoint = "moved";
        Files.createDirectory(directory.resolve("moved"));

        assertThatThrownBy(() -> places().open(installed()))
                .isInstanceOf(BerthException.class)
                .hasMessageContaining("is mounted at " + directory.resolve("moved"));
    }
}
