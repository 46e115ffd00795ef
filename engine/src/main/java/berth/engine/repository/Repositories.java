package berth.engine.repository;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.image.Image;
import berth.engine.image.Images;
import berth.engine.operation.Progress;
import berth.engine.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The repositories that the host knows, and what they offer. They are the host's, not a pool's: what is fetched is kept in the
 * pool that it is fetched for. Safe for several threads.
 */
public final class Repositories {
    /** The largest index that is read, in bytes; that of images.linuxcontainers.org has 4 MiB. */
    private static final int MAX_INDEX = 64 << 20;

    private final ObjectStore<Repository> store;
    /** What {@link #store} holds, once it was read; guarded by this. */
    private final TreeMap<String, Repository> repositories = new TreeMap<>();

    private boolean loaded;
    private final Transport transport;
    private final Downloads downloads;
    private final ImageFetch fetch;
    private final IndexSerials serials;

    /** Nothing is read yet: the first that is asked for is what reads them. */
    public Repositories(Instance instance, Transport transport, Clock clock) {
        this.store = new ObjectStore<>(
                instance.stateDirectory().resolve("conf/repository"), Repository.class, Repository::name);
        this.transport = transport;
        this.downloads = new Downloads(instance.stateDirectory().resolve("download"), transport, clock);
        this.fetch = new ImageFetch(downloads);
        this.serials = new IndexSerials(instance.stateDirectory().resolve("conf/repository-serial"));
    }

    /** All of them, by name. */
    public synchronized List<Repository> list() {
        return List.copyOf(known().values());
    }

    /** @throws BerthException NOT_FOUND */
    public synchronized Repository get(String name) {
        Repository repository = known().get(name);
        if (repository == null) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "there is no repository '%s'".formatted(name),
                    "'osctl repository ls' lists those there are");
        }
        return repository;
    }

    /**
     * Adds {@code repository} once its index was read.
     *
     * @throws BerthException EXISTS; as {@link #images}
     */
    public void add(Repository repository) {
        requireNew(repository.name());
        read(repository);
        synchronized (this) {
            requireNew(repository.name());
            store.save(repository);
            known().put(repository.name(), repository);
        }
    }

    private synchronized void requireNew(String name) {
        if (known().containsKey(name)) {
            throw new BerthException(ErrorCode.EXISTS, "there is a repository '%s' already".formatted(name));
        }
    }

    /** Forgets {@code name}; images that came from it stay. @throws BerthException NOT_FOUND */
    public synchronized void delete(String name) {
        store.remove(get(name).name());
        serials.forget(name);
        known().remove(name);
    }

    /** Has {@code name} looked in from now on, or not. @throws BerthException NOT_FOUND */
    public synchronized Repository use(String name, Repository.Use use) {
        Repository changed = get(name).with(use);
        store.save(changed);
        known().put(name, changed);
        return changed;
    }

    /**
     * What {@code repository} offers now.
     *
     * @throws BerthException FAILED if it cannot be reached; UNTRUSTED if its index is broken or not signed as it must be
     */
    public List<RemoteImage> images(Repository repository) {
        return read(repository);
    }

    /** The repositories that are looked in, by name. */
    public List<Repository> enabled() {
        return list().stream().filter(repository -> !repository.disabled()).toList();
    }

    /**
     * The image of {@code query} in {@code images}: the one there already if the repositories' newest is that, else fetched. A
     * repository that does not answer is passed over with a warning if another has the image.
     *
     * @throws BerthException NOT_FOUND if none has it; as {@link Images#importArchive}; UNTRUSTED if a file is not what an index
     *     says
     */
    public Image obtain(ImageQuery query, Images images, Progress progress) {
        List<RemoteImage> offered = new ArrayList<>();
        Optional<BerthException> failure = Optional.empty();
        for (Repository repository : enabled()) {
            try {
                progress.step("asking repository " + repository.name());
                offered.addAll(images(repository));
            } catch (BerthException e) {
                progress.warn(e.getMessage());
                failure = Optional.of(e);
            }
        }
        if (offered.isEmpty() && failure.isPresent()) {
            throw failure.get();
        }
        if (enabled().isEmpty()) {
            throw new BerthException(
                    ErrorCode.NOT_FOUND,
                    "no repository is enabled to look for images in",
                    "add one: 'osctl repository add NAME URL'");
        }
        return fetch.image(query.best(offered), images, progress);
    }

    /** Also removes what earlier daemons left of their transfers. */
    private synchronized Map<String, Repository> known() {
        if (!loaded) {
            store.load().objects().forEach(repository -> repositories.put(repository.name(), repository));
            downloads.sweep();
            loaded = true;
        }
        return repositories;
    }

    private List<RemoteImage> read(Repository repository) {
        IndexDocument documents = path -> document(repository, path);
        try {
            return switch (repository.kind()) {
                case BERTH -> newest(repository, BerthIndex.read(repository, documents));
                case SIMPLESTREAMS -> Simplestreams.read(repository, documents);
                case VPSADMINOS -> VpsAdminOsIndex.read(repository, documents);
            };
        } catch (IOException e) {
            throw new BerthException(
                    ErrorCode.FAILED,
                    "repository '%s' cannot be read: %s".formatted(repository.name(), e.getMessage()),
                    "see whether '%s' is right and answers".formatted(repository.url()),
                    e);
        } catch (BerthException e) {
            if (e.code() != ErrorCode.INVALID) {
                throw e;
            }
            throw new BerthException(
                    ErrorCode.UNTRUSTED,
                    "the index of repository '%s' is broken: %s".formatted(repository.name(), e.getMessage()),
                    "see whether it is a repository of kind %s"
                            .formatted(repository.kind().name().toLowerCase(Locale.ROOT)),
                    e);
        }
    }

    /** Where no key is pinned there is nobody to keep to an order. */
    private List<RemoteImage> newest(Repository repository, BerthIndex index) {
        if (repository.key().isPresent()) {
            synchronized (this) {
                serials.advance(repository.name(), index.serial());
            }
        }
        return index.offered(repository);
    }

    private byte[] document(Repository repository, String path) throws IOException {
        try (InputStream in = transport.open(repository.resolve(path), 0).stream()) {
            byte[] document = in.readNBytes(MAX_INDEX + 1);
            if (document.length > MAX_INDEX) {
                throw new IOException("%s is larger than %d MiB".formatted(path, MAX_INDEX >> 20));
            }
            return document;
        }
    }
}
