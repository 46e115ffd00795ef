package berth.engine.container;

import berth.engine.storage.Layer;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.StorageDriver;
import berth.engine.storage.Volume;
import java.util.List;

/** Makes the tips of file systems, kept to their quotas from the first byte. */
final class Tips {
    private Tips() {}

    /**
     * Makes the tip of {@code volume}. A quota that its pool cannot keep any more, for instance as it was mounted otherwise, does not
     * stand in the way.
     *
     * @param files it, as a driver knows it
     * @param base the layers that its tip is made on, topmost first
     */
    static void make(StorageDriver driver, RootFilesystem files, Volume volume, List<Layer> base) {
        driver.create(files.with(volume.tip(), base));
        bound(driver, files, volume);
    }

    /** Keeps the tip of {@code volume}, which is there, to its quota, if its pool can. */
    static void bound(StorageDriver driver, RootFilesystem files, Volume volume) {
        driver.limitIfPossible(files, volume.bound().orElse(0));
    }
}
