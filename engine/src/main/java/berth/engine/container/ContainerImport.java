package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.confinement.Confinement;
import berth.engine.group.Groups;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.image.ImportRequest;
import berth.engine.image.Imported;
import berth.engine.image.PackedArchive;
import berth.engine.image.TreeStates;
import berth.engine.isolation.Isolation;
import berth.engine.mount.Mount;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Pools;
import berth.engine.store.Change;
import berth.engine.store.Revision;
import berth.engine.store.Yaml;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes exported containers in. The files become an image, which the container stands on, and which the pool has once however
 * often it is imported: so they meet the checks of every import. Safe for use by several threads.
 */
public final class ContainerImport {
    private final Pools pools;
    private final Containers containers;
    private final ContainerNetwork network;
    private final Reception reception;
    private final UserStores users;
    private final ImageStores images;
    private final Groups groups;
    private final Locks locks;
    private final InstantSource clock;

    ContainerImport(
            Pools pools,
            Containers containers,
            ContainerNetwork network,
            Reception reception,
            UserStores users,
            ImageStores images,
            Groups groups,
            Locks locks,
            InstantSource clock) {
        this.pools = pools;
        this.containers = containers;
        this.network = network;
        this.reception = reception;
        this.users = users;
        this.images = images;
        this.groups = groups;
        this.locks = locks;
        this.clock = clock;
    }

    /**
     * Makes a stopped container of what {@code archive} holds. What of its settings this host cannot give is left out with a
     * warning.
     *
     * @param archive read to its end; closing it is the caller's
     * @throws BerthException EXISTS if there is one of that id; UNTRUSTED if the archive is damaged or holds what is refused
     */
    public Container read(InputStream archive, ImportWish wish, Caller caller) {
        try (PackedArchive packed = images.of(wish.pool()).openPacked(archive, wish.maxSize())) {
            ExportedContainer said = described(packed.description());
            refuseTaken(said, wish);
            String source = "container " + said.container().id();
            return said.past().isPresent()
                    ? receive(said, said.past().get(), packed.states(source, said.states()), wish, caller)
                    : create(said, packed.present(source, said.names()), wish, caller);
        }
    }

    /**
     * Makes a stopped container, which {@code said} describes, of {@code files}. What the root was first becomes an image; what its
     * settings were is forgotten, as they were those of another image.
     */
    Container create(ExportedContainer said, TreeStates files, ImportWish wish, Caller caller) {
        Imported imported = files.bringImage(images.of(wish.pool()), caller.progress());
        imported.notes().forEach(caller.progress()::note);
        try {
            return receive(
                    said.onImage(imported.image().id()),
                    new ExportedContainer.Past(
                            false,
                            said.past().map(ExportedContainer.Past::snapshots).orElse(List.of()),
                            List.of()),
                    files,
                    wish,
                    caller);
        } catch (RuntimeException e) {
            removeIfNew(imported, wish.pool(), e);
            throw e;
        }
    }

    private Container receive(
            ExportedContainer said, ExportedContainer.Past past, TreeStates states, ImportWish wish, Caller caller) {
        ContainerId id = id(said, wish);
        String image = said.container().image();
        String group = wish.group()
                .orElseGet(() -> groups.orDefault(wish.pool(), said.container().group(), caller.progress()));
        List<LockRequest> requests = new ArrayList<>(List.of(
                LockRequest.shared(LockKey.Kind.POOL, id.pool()),
                LockRequest.shared(LockKey.Kind.GROUP, id.pool() + ":" + group),
                LockRequest.shared(LockKey.Kind.IMAGE, id.pool() + ":" + image),
                Containers.exclusive(id)));
        wish.user().ifPresent(u -> requests.add(LockRequest.shared(LockKey.Kind.USER, id.pool() + ":" + u)));
        try (Locks.Held _ =
                locks.acquire(requests, caller.patience(), caller.actor().command(), caller.progress())) {
            refuseTaken(id);
            groups.get(id.pool(), group);
            ContainerSpec spec = adapted(said, said.container(), wish, caller)
                    .withId(id.name())
                    .withGroup(group);
            List<Netif> netifs = network.claim(id, spec.netifs(), caller.progress());
            ContainerSpec made = spec.withNetifs(netifs);
            List<Revision<ContainerSpec>> history = history(said, past, made, wish);
            try {
                return reception.receive(
                        new Reception.Place(
                                pools.usable(id.pool()),
                                said.like(id.name()),
                                Optional.of(said.label()).filter(l -> past.imageNamed() && ImportRequest.isName(l))),
                        new Reception.Guest(
                                wish.user().map(u -> users.of(id.pool()).get(u)),
                                user -> MoveKind.revisions(
                                        made.withUser(user.name()),
                                        history.stream()
                                                .map(r -> new Revision<>(
                                                        r.number(),
                                                        r.change(),
                                                        r.value().withUser(user.name())))
                                                .toList(),
                                        new Change(
                                                clock.instant(),
                                                caller.actor().user(),
                                                caller.actor().command())),
                                ReceiveKind.Identity.KEPT,
                                Optional.empty()),
                        new ReceiveKind.Coming(states, Optional.empty()),
                        caller);
            } catch (RuntimeException e) {
                network.dismiss(id);
                throw e;
            }
        }
    }

    /** What it was, as far as {@code wish} lets it be that again. */
    private static List<Revision<ContainerSpec>> history(
            ExportedContainer said, ExportedContainer.Past past, ContainerSpec present, ImportWish wish) {
        Caller silent = Caller.daemon("ct import");
        return past.history().stream()
                .filter(r -> r.value().image().equals(present.image()))
                .map(r -> new Revision<>(
                        r.number(),
                        r.change(),
                        adapted(said, r.value(), wish, silent)
                                .withId(present.id())
                                .withGroup(present.group())
                                .withNetifs(present.netifs())))
                .toList();
    }

    private void removeIfNew(Imported imported, String pool, RuntimeException cause) {
        if (imported.outcome() == Imported.Outcome.ADDED) {
            try {
                images.of(pool).delete(imported.image().id());
            } catch (BerthException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /** What {@code text} says of a container. @throws BerthException UNTRUSTED if it says nothing that is understood */
    static ExportedContainer described(String text) {
        try {
            return Yaml.read(text, ExportedContainer.class);
        } catch (BerthException e) {
            throw new BerthException(
                    e.code() == ErrorCode.UNSUPPORTED ? e.code() : ErrorCode.UNTRUSTED,
                    "what it says of its container cannot be understood: " + e.getMessage(),
                    e.hint().orElse(null),
                    e);
        }
    }

    /** Refuses a container whose id there is taken. @throws BerthException EXISTS */
    void refuseTaken(ExportedContainer said, ImportWish wish) {
        refuseTaken(id(said, wish));
    }

    private static ContainerId id(ExportedContainer said, ImportWish wish) {
        return new ContainerId(wish.pool(), wish.id().orElse(said.container().id()));
    }

    private void refuseTaken(ContainerId id) {
        containers.requireFree(id, "give another id with --as-id");
    }

    /** {@code former}, what {@code said} is or was, without what {@code wish} does not give it. */
    private static ContainerSpec adapted(ExportedContainer said, ContainerSpec former, ImportWish wish, Caller caller) {
        return former.withIsolation(held("isolation", former.ownIsolation(), Isolation.USUAL, wish, caller))
                .withDevices(ofHost("devices", former.devices(), wish, caller))
                .withMounts(mounts(said, former, wish, caller))
                .withConfinement(held("confinement", former.ownConfinement(), Confinement.USUAL, wish, caller))
                .withNetifs(netifs(former, wish, caller));
    }

    /** What it shows of its own datasets is nothing of the host. */
    private static List<Mount> mounts(ExportedContainer said, ContainerSpec former, ImportWish wish, Caller caller) {
        List<Mount> others =
                former.mounts().stream().filter(m -> m.ownDataset().isEmpty()).toList();
        List<Mount> kept = new ArrayList<>(ofHost("mounts", others, wish, caller));
        kept.addAll(said.ownMounts(former.mounts()));
        return former.mounts().stream().filter(kept::contains).toList();
    }

    /** What can loosen what holds a guest is as usual. */
    private static <T> T held(String noun, T former, T usual, ImportWish wish, Caller caller) {
        if (wish.host() == ImportWish.HostParts.GIVEN || former.equals(usual)) {
            return former;
        }
        caller.progress().warn("its %s is the usual one; --host-parts gives it what it had".formatted(noun));
        return usual;
    }

    /** What of {@code all}, called so, it is given. */
    private static <T> List<T> ofHost(String noun, List<T> all, ImportWish wish, Caller caller) {
        if (wish.host() == ImportWish.HostParts.GIVEN || all.isEmpty()) {
            return all;
        }
        caller.progress().warn("its %s are left out (%d); --host-parts gives them to it".formatted(noun, all.size()));
        return List.of();
    }

    private static List<Netif> netifs(ContainerSpec former, ImportWish wish, Caller caller) {
        if (wish.host() == ImportWish.HostParts.GIVEN) {
            return former.netifs();
        }
        former.netifs().stream()
                .filter(ContainerImport::isOfHost)
                .forEach(n -> caller.progress()
                        .warn("interface %s, which is the host's, is left out; --host-parts gives it to it"
                                .formatted(n.name())));
        return former.netifs().stream().filter(n -> !isOfHost(n)).toList();
    }

    private static boolean isOfHost(Netif netif) {
        return netif.type() == NetifType.PHYSICAL || netif.type() == NetifType.MACVLAN;
    }
}
