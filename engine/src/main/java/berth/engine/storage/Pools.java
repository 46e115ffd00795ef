package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.engine.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of an instance: where they are and whether they can be used. Safe for use by several threads; a pool is changed
 * only under its lock.
 */
public final class Pools {
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    /** Directories of a pool and who may pass through them: monitors reach only the logs, through the pool itself. */
    private static final Map<String, String> LAYOUT = Map.of(
            "conf", "rwx------",
            "conf/pool", "rwx------",
            "conf/journal", "rwx------",
            "conf/journal/user", "rwx------",
            "ct", "rwx------",
            "image", "rwx------",
            "log", "rwx--x--x",
            "log/ct", "rwx--x--x",
            "trash", "rwx------");

    private final Instance instance;
    private final ObjectStore<PoolRecord> records;
    private final ZpoolProbe zpools;
    private final InstantSource clock;
    private final StorageDriver directoryDriver;
    private final Map<String, Pool> pools = new ConcurrentSkipListMap<>();

    public Pools(Instance instance, StorageDriver directoryDriver, ZpoolProbe zpools, InstantSource clock) {
        this.instance = instance;
        this.directoryDriver = directoryDriver;
        this.zpools = zpools;
        this.clock = clock;
        this.records =
                new ObjectStore<>(instance.stateDirectory().resolve("conf/pool"), PoolRecord.class, PoolRecord::name);
    }

    /** Reads which pools there are; those that cannot be used say why. */
    public void load() {
        for (PoolRecord pool : records.load().objects()) {
            if (pool.imported()) {
                open(pool);
            }
        }
    }

    /** Every imported pool, the default first: in the order in which they were installed. */
    public List<Pool> all() {
        return pools.values().stream()
                .sorted(Comparator.comparing(Pool::installed).thenComparing(Pool::name))
                .toList();
    }

    /** The pool {@code name}. @throws BerthException NOT_FOUND, or WRONG_STATE if it cannot be used now */
    public Pool usable(String name) {
        Pool pool = get(name);
        pool.whyUnusable().ifPresent(why -> {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "pool '%s' cannot be used: %s".formatted(name, why),
                    "mend it, then run 'osctl pool import %s'".formatted(name));
        });
        return pool;
    }

    /** The pool {@code name}, usable or not. @throws BerthException NOT_FOUND */
    public Pool get(String name) {
        Pool pool = pools.get(name);
        if (pool == null) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "there is no pool '%s'".formatted(name),
                    "'osctl pool ls' lists the pools, 'osctl pool install %s' makes one".formatted(name));
        }
        return pool;
    }

    /**
     * The pool that is meant when none is named: the one that was installed first. Nothing goes elsewhere because it is broken.
     *
     * @throws BerthException NOT_FOUND if there is none, WRONG_STATE if it cannot be used now
     */
    public Pool byDefault() {
        List<Pool> all = all();
        if (all.isEmpty()) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND, "there is no pool yet", "make one: 'osctl pool install tank'");
        }
        return usable(all.getFirst().name());
    }

    /** Makes a directory pool, or takes back one that was uninstalled. {@code path} defaults to one in the state directory. */
    public synchronized Pool install(String name, Optional<Path> path) {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a pool name".formatted(name),
                    "use up to 31 of a-z, 0-9 and -, starting with a letter");
        }
        if (records.read(name).isPresent()) {
            throw new BerthException(ErrorCode.EXISTS, "pool '%s' is installed already".formatted(name));
        }
        if (path.isEmpty() && zpools.exists(name)) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "'%s' is a ZFS pool, and this version has no ZFS driver".formatted(name),
                    "choose another name, or a directory on it with --path DIR");
        }
        Path directory =
                path.orElseGet(() -> instance.stateDirectory().resolve("pool").resolve(name));
        refuseForeign(name, directory);
        refuseNested(directory);
        PoolRecord pool =
                new PoolRecord(name, directory.toString(), directoryDriver.name(), Optional.of(clock.instant()), true);
        try {
            lay(name, directory);
        } catch (IOException e) {
            throw new BerthException(
                    ErrorCode.FAILED,
                    "%s cannot become a pool: %s".formatted(directory, FileFailure.reason(e)),
                    "choose another --path",
                    e);
        }
        records.save(pool);
        return open(pool);
    }

    /** Forgets a pool; its data stays where it is. Its containers must not run and must be unloaded. */
    public synchronized void uninstall(String name) {
        records.remove(name);
        pools.remove(name);
    }

    /** Stops managing a pool until {@link #reimport}. Its containers must be unloaded. */
    public synchronized void export(String name) {
        records.read(name).ifPresent(r -> records.save(r.withImported(false)));
        pools.remove(name);
    }

    /** Manages an exported pool again, or looks again at one that could not be used. @throws BerthException NOT_FOUND */
    public synchronized Pool reimport(String name) {
        PoolRecord pool = records.read(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no pool '%s'".formatted(name),
                        "'osctl pool install %s' makes one".formatted(name)));
        PoolRecord imported = pool.withImported(true);
        if (!pool.imported()) {
            records.save(imported);
        }
        return open(imported);
    }

    /** Marks a pool whose content cannot be read as one that cannot be used until {@link #reimport}, because of {@code why}. */
    public void refuse(String name, String why) {
        pools.computeIfPresent(name, (n, p) -> new Pool(n, p.path(), p.driver(), p.installed(), why));
    }

    /** The names of pools that were exported and could be imported again. */
    public synchronized List<String> exported() {
        return records.load().objects().stream()
                .filter(r -> !r.imported())
                .map(PoolRecord::name)
                .toList();
    }

    private Pool open(PoolRecord pool) {
        Path path = Path.of(pool.path());
        Optional<String> problem = problem(pool, path);
        problem.ifPresent(p -> LOG.error("Pool {} cannot be used: {}", pool.name(), p));
        Pool opened = new Pool(
                pool.name(), path, directoryDriver, pool.installed().orElse(Instant.EPOCH), problem.orElse(null));
        pools.put(pool.name(), opened);
        return opened;
    }

    private Optional<String> problem(PoolRecord pool, Path path) {
        if (!pool.driver().equals(directoryDriver.name())) {
            return Optional.of("this version has no '%s' driver".formatted(pool.driver()));
        }
        if (!Files.isDirectory(path)) {
            return Optional.of("%s does not exist; is its file system mounted?".formatted(path));
        }
        try {
            if (markers(path).read(pool.name()).isEmpty()) {
                return Optional.of(
                        "%s does not hold pool '%s'; is its file system mounted?".formatted(path, pool.name()));
            }
            lay(pool.name(), path);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("%s cannot be written: %s".formatted(path, FileFailure.reason(e)));
        } catch (UncheckedIOException e) {
            return Optional.of("%s cannot be written: %s".formatted(path, e.getMessage()));
        } catch (BerthException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static void refuseForeign(String name, Path directory) {
        if (!directory.isAbsolute()) {
            throw new BerthException(
                    ErrorCode.INVALID, "'%s' is not an absolute path".formatted(directory), "start it with /");
        }
        try {
            if (!Files.exists(directory)) {
                return;
            }
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()
                        && markers(directory).read(name).isEmpty()) {
                    throw new BerthException(
                            ErrorCode.EXISTS,
                            "%s is not empty and does not hold pool '%s'".formatted(directory, name),
                            "name an empty or new directory");
                }
            }
        } catch (IOException e) {
            throw new BerthException(
                    ErrorCode.INVALID, "%s is not a directory that can be read".formatted(directory), null, e);
        }
    }

    /** What a pool holds is its own to rename, set aside and delete. */
    private void refuseNested(Path directory) {
        Path wanted = directory.normalize();
        for (PoolRecord other : records.load().objects()) {
            Path taken = Path.of(other.path()).normalize();
            if (wanted.startsWith(taken) || taken.startsWith(wanted)) {
                throw new BerthException(
                        ErrorCode.IN_USE,
                        "%s and %s of pool '%s' lie in each other".formatted(directory, taken, other.name()),
                        "name a directory outside of other pools");
            }
        }
    }

    private static void lay(String name, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        for (String part : LAYOUT.keySet().stream().sorted().toList()) {
            Path path = directory.resolve(part);
            if (!Files.isDirectory(path)) {
                Files.createDirectory(path);
            }
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(LAYOUT.getOrDefault(part, "rwx------")));
        }
        refuseUnreachable(directory);
        ObjectStore<PoolMarker> markers = markers(directory);
        if (markers.read(name).isEmpty()) {
            markers.save(new PoolMarker(name, PoolMarker.FORMAT));
        }
        // Tells a read-only file system, which would otherwise show with the first change.
        Path probe = directory.resolve("conf/.writable");
        DurableFile.write(probe, new byte[0], DurableFile.PRIVATE);
        Files.delete(probe);
    }

    /** Monitors run as users of their own and must reach the logs. */
    private static void refuseUnreachable(Path directory) throws IOException {
        for (Path p = directory; p != null; p = p.getParent()) {
            if (!Files.getPosixFilePermissions(p).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                throw new IOException("others may not pass through %s ('chmod o+x %s' lets them)".formatted(p, p));
            }
        }
    }

    private static ObjectStore<PoolMarker> markers(Path directory) {
        return new ObjectStore<>(directory.resolve("conf/pool"), PoolMarker.class, PoolMarker::name);
    }
}
