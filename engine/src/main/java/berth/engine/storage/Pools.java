package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.store.FileFailure;
import berth.engine.store.ObjectStore;
import berth.linux.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of an instance: where they are and whether they can be used. Safe for use by several threads; a pool comes and goes
 * only under its lock. Nothing that waits for one pool's file system keeps the others from anything.
 */
public final class Pools {
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");

    private final ObjectStore<PoolRecord> records;
    private final InstantSource clock;
    private final Map<String, StorageDriver> drivers = new TreeMap<>();
    private final PoolPlaces places;
    private final PoolProbe probe;
    private final Map<String, Pool> pools = new ConcurrentSkipListMap<>();
    private final Map<String, ReentrantLock> changes = new ConcurrentHashMap<>();
    private volatile Consumer<String> late = _ -> {};

    public Pools(
            Instance instance,
            List<StorageDriver> drivers,
            PoolDisks disks,
            PoolDatasets datasets,
            InstantSource clock) {
        drivers.forEach(d -> this.drivers.put(d.name(), d));
        this.places = new PoolPlaces(instance.stateDirectory().resolve("pool"), disks, datasets);
        this.probe = new PoolProbe(this.drivers, places);
        this.clock = clock;
        this.records =
                new ObjectStore<>(instance.stateDirectory().resolve("conf/pool"), PoolRecord.class, PoolRecord::name);
    }

    /** Reads which pools there are; those that cannot be used say why. All are looked at at once, as any may answer late. */
    public void load() {
        Map<PoolRecord, Supplier<Optional<String>>> answers = new LinkedHashMap<>();
        for (PoolRecord pool : records.load().objects()) {
            if (pool.imported()) {
                answers.put(pool, look(pool));
            }
        }
        answers.forEach((pool, answer) -> use(pool, told(pool, answer)));
    }

    /**
     * Has {@code listener} told the name of each pool whose file system can be used, but said so only after it was given up. It is
     * told on a thread of its own.
     */
    public void onLateAnswer(Consumer<String> listener) {
        late = listener;
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

    /** Whether there is a pool {@code name}, be it exported or unusable now. */
    public boolean isInstalled(String name) {
        return records.read(name).isPresent();
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

    /** Makes a pool, or takes back one that was uninstalled. */
    public synchronized Pool install(NewPool wish) {
        String name = wish.name();
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a pool name".formatted(name),
                    "use up to 31 of a-z, 0-9 and -, starting with a letter");
        }
        if (records.read(name).isPresent()) {
            throw new BerthException(ErrorCode.EXISTS, "pool '%s' is installed already".formatted(name));
        }
        PoolPlaces.Place place = places.of(wish);
        Path directory = place.directory();
        refuseForeign(name, directory);
        refuseNested(directory);
        StorageDriver driver = driver(place.driver());
        PoolRecord pool = new PoolRecord(
                name,
                directory.toString(),
                driver.name(),
                Optional.of(clock.instant()),
                place.disk().map(Path::toString),
                place.dataset(),
                true);
        try {
            places.provide(wish, place);
            // What is in a file shows only now.
            refuseForeign(name, directory);
            requireSameDriver(name, directory, driver);
            driver.requireUsable(PoolPlaces.existing(directory));
            PoolLayout.lay(name, directory, driver.name());
        } catch (BerthException | KernelException e) {
            places.withdraw(place);
            throw e;
        } catch (IOException e) {
            places.withdraw(place);
            throw new BerthException(
                    ErrorCode.FAILED,
                    "%s cannot become a pool: %s".formatted(directory, FileFailure.reason(e)),
                    "choose another --path",
                    e);
        }
        records.save(pool);
        return use(pool, Optional.empty());
    }

    /**
     * Takes a pool in that is in {@code directory}, or in a file beside that, and was brought here from another host or was
     * uninstalled.
     *
     * @throws BerthException NOT_FOUND if it is not there
     */
    public Pool adopt(String name, Path directory) {
        Optional<PoolMarker> marker = PoolLayout.markers(directory).read(name);
        Optional<String> inFile = drivers.keySet().stream()
                .filter(d -> Files.isRegularFile(PoolPlaces.beside(directory, d)))
                .findFirst();
        if (marker.isEmpty() && inFile.isEmpty()) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "%s does not hold pool '%s'".formatted(directory, name),
                    "name the directory in which 'conf', 'ct' and 'image' of the pool are; mount its file system first");
        }
        String driver = marker.flatMap(PoolMarker::driver).or(() -> inFile).orElse("dir");
        return install(
                new NewPool(name, Optional.of(directory), Optional.of(driver), Optional.empty(), OptionalLong.empty()));
    }

    private static void requireSameDriver(String name, Path directory, StorageDriver driver) {
        PoolLayout.markers(directory)
                .read(name)
                .flatMap(PoolMarker::driver)
                .filter(d -> !d.equals(driver.name()))
                .ifPresent(d -> {
                    throw new BerthException(
                            ErrorCode.INVALID,
                            "pool '%s' in %s is of driver '%s'".formatted(name, directory, d),
                            "add --driver %s, or 'osctl pool import --path %s %s'".formatted(d, directory, name));
                });
    }

    /** Forgets a pool; its data stays where it is. Its containers must not run and must be unloaded. */
    public void uninstall(String name) {
        records.read(name).ifPresent(places::release);
        records.remove(name);
        pools.remove(name);
    }

    /** Makes the file system of {@code name}, which is in a file, {@code bytes} bytes large. @throws BerthException UNSUPPORTED */
    public void grow(String name, long bytes) {
        usable(name);
        changing(name, () -> places.grow(records.read(name).orElseThrow(), bytes));
    }

    /** What was decided about pool {@code name}, which must be usable. */
    public PoolSettings settings(String name) {
        return settings(usable(name)).read(name).orElseGet(() -> PoolSettings.usual(name));
    }

    /** Decides something else about a pool. */
    public void change(String name, UnaryOperator<PoolSettings> change) {
        changing(name, () -> settings(usable(name)).save(change.apply(settings(name))));
    }

    private void changing(String name, Runnable work) {
        ReentrantLock lock = changes.computeIfAbsent(name, _ -> new ReentrantLock());
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    private static ObjectStore<PoolSettings> settings(Pool pool) {
        return new ObjectStore<>(pool.configuration("settings"), PoolSettings.class, PoolSettings::pool);
    }

    /** The file that the file system of {@code name} is in, if it is in one. */
    public Optional<Path> disk(String name) {
        return records.read(name).flatMap(PoolRecord::diskFile);
    }

    /** Stops managing a pool until {@link #reimport}. Its containers must be unloaded. */
    public void export(String name) {
        records.read(name).ifPresent(r -> {
            records.save(r.withImported(false));
            places.release(r);
        });
        pools.remove(name);
    }

    /** Manages an exported pool again, or looks again at one that could not be used. @throws BerthException NOT_FOUND */
    public Pool reimport(String name) {
        PoolRecord pool = record(name);
        PoolRecord imported = pool.withImported(true);
        if (!pool.imported()) {
            records.save(imported);
        }
        return open(imported);
    }

    /** Uses a pool whose file system said that it can be used after it was given up: it may be as slow when it is asked again. */
    public Pool useAnswered(String name) {
        return use(record(name), Optional.empty());
    }

    private PoolRecord record(String name) {
        return records.read(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no pool '%s'".formatted(name),
                        "'osctl pool install %s' makes one".formatted(name)));
    }

    /** Marks a pool whose content cannot be read as one that cannot be used until {@link #reimport}, because of {@code why}. */
    public void refuse(String name, String why) {
        pools.computeIfPresent(name, (n, p) -> new Pool(n, p.path(), p.driver(), p.installed(), why));
    }

    /** The names of pools that were exported and could be imported again. */
    public List<String> exported() {
        return records.load().objects().stream()
                .filter(r -> !r.imported())
                .map(PoolRecord::name)
                .toList();
    }

    private Pool open(PoolRecord pool) {
        return use(pool, told(pool, look(pool)));
    }

    private Supplier<Optional<String>> look(PoolRecord pool) {
        return probe.problem(pool, Path.of(pool.path()), () -> late.accept(pool.name()));
    }

    private static Optional<String> told(PoolRecord pool, Supplier<Optional<String>> answer) {
        Optional<String> problem = answer.get();
        problem.ifPresent(p -> LOG.error("Pool {} cannot be used: {}", pool.name(), p));
        return problem;
    }

    private Pool use(PoolRecord pool, Optional<String> problem) {
        Pool opened = new Pool(
                pool.name(),
                Path.of(pool.path()),
                driverOrAny(pool.driver()),
                pool.installed().orElse(Instant.EPOCH),
                problem.orElse(null));
        pools.put(pool.name(), opened);
        return opened;
    }

    private StorageDriver driver(String name) {
        StorageDriver driver = drivers.get(name);
        if (driver == null) {
            throw new BerthException(
                    ErrorCode.UNSUPPORTED,
                    "there is no storage driver '%s'".formatted(name),
                    "use one of " + String.join(", ", drivers.keySet()));
        }
        return driver;
    }

    /** Nothing is done with the driver of a pool that cannot be used. */
    private StorageDriver driverOrAny(String name) {
        return drivers.getOrDefault(name, drivers.values().iterator().next());
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
                // mkfs.ext4(8) makes lost+found in a file system that is otherwise new.
                if (entries.anyMatch(e -> !e.endsWith("lost+found"))
                        && PoolLayout.markers(directory).read(name).isEmpty()) {
                    throw new BerthException(
                            ErrorCode.EXISTS,
                            "%s is not empty and does not hold pool '%s'".formatted(directory, name),
                            "name an empty or new directory, or on ZFS a dataset of its own, with --dataset");
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
}
