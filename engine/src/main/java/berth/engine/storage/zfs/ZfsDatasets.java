package berth.engine.storage.zfs;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.PoolDatasets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** By the programs of ZFS. */
public final class ZfsDatasets implements PoolDatasets {
    /** Source: zfs(8), zfsconcepts(7), "Naming"; a name that begins with '-' is an option. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.: -]*(/[A-Za-z0-9_.:][A-Za-z0-9_.: -]*)*");

    private final Zfs zfs = new Zfs();

    @Override
    public boolean hasZpool(String name) {
        return NAME.matcher(name).matches() && zfs.hasZpool(name);
    }

    @Override
    public Path provide(String dataset, Path otherwise) {
        if (!NAME.matcher(dataset).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not the name of a dataset".formatted(dataset),
                    "for instance tank/berth");
        }
        requireZpool(dataset);
        if (!zfs.exists(dataset)) {
            zfs.run("%s cannot be made".formatted(dataset), List.of("create", "-p", dataset));
        }
        if (zfs.property(dataset, "mountpoint").equals("none")) {
            zfs.run("%s cannot be mounted".formatted(dataset), List.of("set", "mountpoint=" + otherwise, dataset));
        }
        return mount(dataset);
    }

    @Override
    public Path mount(String dataset) {
        Zfs.Mounting mounting = zfs.mounting(dataset).orElseThrow(() -> {
            requireZpool(dataset);
            return new BerthException(
                    ErrorCode.NOT_FOUND,
                    "there is no dataset %s".formatted(dataset),
                    "'zfs list' tells those there are");
        });
        if (!mounting.place().startsWith("/")) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "dataset %s has no place to be mounted at".formatted(dataset),
                    "give it one: 'zfs set mountpoint=/%s %s'".formatted(dataset, dataset));
        }
        if (!mounting.mounted()) {
            zfs.run("%s cannot be mounted".formatted(dataset), List.of("mount", dataset));
        }
        return Path.of(mounting.place());
    }

    private void requireZpool(String dataset) {
        String zpool = ZfsPool.zpoolOf(dataset);
        if (!zfs.hasZpool(zpool)) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "there is no ZFS pool '%s' on this host".formatted(zpool),
                    "import it: 'zpool import %s'".formatted(zpool));
        }
    }

    @Override
    public String at(Path directory) {
        return ZfsPool.datasetAt(directory);
    }
}
