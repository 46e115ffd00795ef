package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.group.Groups;
import berth.engine.idmap.User;
import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.image.Images;
import berth.engine.image.MountedStates;
import berth.engine.operation.Caller;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.LayerSender;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.store.Change;
import berth.engine.store.Revision;
import berth.linux.KernelException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves and copies containers from pool to pool, whatever their drivers, with their datasets and snapshots. Of each state what changed is
 * sent as their driver can if they have one, and otherwise written; then all of them are compared on both sides. Safe for use by several threads.
 */
public final class ContainerTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerTransfer.class);

    private final Pools pools;
    private final Containers containers;
    private final Groups groups;
    private final ImageStores images;
    private final Datasets datasets;
    private final ContainerMove moves;
    private final ContainerTrash trash;
    private final SnapshotMounts mounts;
    private final StateViews views;
    private final Reception reception;
    private final Locks locks;
    private final InstantSource clock;

    ContainerTransfer(
            Pools pools,
            Containers containers,
            Groups groups,
            ImageStores images,
            Datasets datasets,
            ContainerMove moves,
            ContainerTrash trash,
            SnapshotMounts mounts,
            StateViews views,
            Reception reception,
            Locks locks,
            InstantSource clock) {
        this.pools = pools;
        this.containers = containers;
        this.groups = groups;
        this.images = images;
        this.datasets = datasets;
        this.moves = moves;
        this.trash = trash;
        this.mounts = mounts;
        this.views = views;
        this.reception = reception;
        this.locks = locks;
        this.clock = clock;
    }

    /**
     * A stopped copy of {@code source} that shares nothing with it but, in the same pool, the image. One that runs is copied as it
     * was at one moment.
     *
     * @throws BerthException EXISTS if there is one of that id; FAILED if the copy is not the same
     */
    public Container copy(Container source, TransferWish wish, Caller caller) {
        return locked(source, wish, caller, () -> {
            Dataset all = datasets.of(source.id().pool(), source.name());
            Dataset shown = wish.snapshots() == TransferWish.WithSnapshots.ALL ? all : all.withoutSnapshots();
            Dataset copied = wish.datasets() == WithDatasets.ALL ? shown : shown.rootAlone();
            ContainerSpec spec = inGroup(source.spec().forCopy(wish.id(), wish.datasets()), wish.pool(), caller);
            return transfer(
                    source,
                    wish,
                    copied,
                    new Reception.Guest(
                            Optional.empty(),
                            own -> List.of(new Revision<>(1, change(caller), spec.withUser(own.name()))),
                            ReceiveKind.Identity.RENEWED,
                            Optional.empty()),
                    caller);
        });
    }

    /**
     * Moves a stopped container to another pool with all that it has. The former one goes to its pool's trash.
     *
     * @throws BerthException EXISTS if there is one of that id; WRONG_STATE if it runs; IN_USE if a network forwards ports to it;
     *     FAILED if what was written is not the same
     */
    public Container move(Container source, TransferWish wish, Caller caller) {
        return locked(source, wish, caller, () -> {
            moves.requireMovable(source);
            mounts.unmountAll(source);
            ContainerSpec spec = inGroup(source.spec().withId(wish.id()), wish.pool(), caller);
            return transfer(
                    source,
                    wish,
                    datasets.of(source.id().pool(), source.name()),
                    new Reception.Guest(
                            Optional.empty(),
                            own -> MoveKind.revisions(
                                    spec.withUser(own.name()),
                                    withUser(containers.history(source), own),
                                    change(caller)),
                            ReceiveKind.Identity.KEPT,
                            Optional.of(trash.retirement(source, fate(source), caller))),
                    caller);
        });
    }

    private Deletion.Fate fate(Container source) {
        return pools.settings(source.id().pool()).trashAge().isZero() ? Deletion.Fate.GONE : Deletion.Fate.TRASH;
    }

    private interface Work {
        Container run();
    }

    private Container locked(Container source, TransferWish wish, Caller caller, Work work) {
        ContainerId target = new ContainerId(wish.pool(), wish.id());
        String image = source.spec().image();
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, source.id().pool()),
                        LockRequest.shared(LockKey.Kind.POOL, target.pool()),
                        LockRequest.exclusive(
                                LockKey.Kind.USER,
                                source.id().pool() + ":" + source.spec().user()),
                        LockRequest.shared(
                                LockKey.Kind.GROUP,
                                target.pool() + ":" + source.spec().group()),
                        LockRequest.shared(LockKey.Kind.IMAGE, source.id().pool() + ":" + image),
                        LockRequest.shared(LockKey.Kind.IMAGE, target.pool() + ":" + image),
                        Containers.exclusive(source.id()),
                        Containers.exclusive(target)),
                caller.patience(),
                caller.actor().command(),
                caller.progress())) {
            containers.current(source);
            containers.requireFree(target, "choose another id");
            return work.run();
        }
    }

    private Container transfer(
            Container source, TransferWish wish, Dataset wanted, Reception.Guest guest, Caller caller) {
        Pool target = pools.usable(wish.pool());
        Image image = images.of(source.id().pool()).get(source.spec().image());
        Reception.Place place = new Reception.Place(
                target, wanted.ownedBy(wish.id()), image.names().stream().findFirst());
        return views.showLayers(source, wanted, caller, (histories, layers) -> {
            Images from = images.of(source.id().pool());
            MountedStates coming = new MountedStates(from, image, histories);
            Optional<LayerSender> sender = sender(source.pool(), place);
            if (sender.isPresent()) {
                SentLayers sent = new SentLayers(sender.get(), coming, layers);
                try {
                    return receive(place, guest, coming, Optional.of(sent), caller);
                } catch (BerthException | KernelException e) {
                    if (!sent.isDoubtful()) {
                        throw e;
                    }
                    LOG.warn("{} is copied file by file: {}", source.id(), e.getMessage());
                } finally {
                    sent.close();
                }
            }
            return receive(place, guest, new MountedStates(from, image, histories), Optional.empty(), caller);
        });
    }

    /** Within a pool nothing is to be shared. */
    private Optional<LayerSender> sender(Pool source, Reception.Place place) {
        Pool target = place.pool();
        return source.name().equals(target.name())
                        || !source.driver().name().equals(target.driver().name())
                ? Optional.empty()
                : target.driver()
                        .sender(source.containers(), target.containers(), () -> datasets.newPassingLayer(place.id()));
    }

    private Container receive(
            Reception.Place place,
            Reception.Guest guest,
            MountedStates coming,
            Optional<SentLayers> layers,
            Caller caller) {
        Container made = reception.receive(place, guest, new ReceiveKind.Coming(coming, layers), caller);
        coming.notes().forEach(caller.progress()::note);
        return made;
    }

    private ContainerSpec inGroup(ContainerSpec spec, String pool, Caller caller) {
        return spec.withGroup(groups.orDefault(pool, spec.group(), caller.progress()));
    }

    private static List<Revision<ContainerSpec>> withUser(List<Revision<ContainerSpec>> history, User own) {
        List<Revision<ContainerSpec>> all = new ArrayList<>();
        history.forEach(
                r -> all.add(new Revision<>(r.number(), r.change(), r.value().withUser(own.name()))));
        return all;
    }

    private Change change(Caller caller) {
        return new Change(clock.instant(), caller.actor().user(), caller.actor().command());
    }
}
