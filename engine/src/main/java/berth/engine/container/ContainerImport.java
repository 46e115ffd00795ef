package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.confinement.Confinement;
import berth.engine.group.Group;
import berth.engine.group.Groups;
import berth.engine.image.Image;
import berth.engine.image.ImageStores;
import berth.engine.image.ImportRequest;
import berth.engine.image.Imported;
import berth.engine.isolation.Isolation;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import berth.engine.operation.Caller;
import berth.engine.store.Yaml;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Takes exported containers in. The files become an image, which the container stands on, and which the pool has once however
 * often it is imported: so they meet the checks of every import. Safe for use by several threads.
 */
public final class ContainerImport {
    private final Containers containers;
    private final ContainerFactory factory;
    private final ImageStores images;
    private final Groups groups;

    ContainerImport(Containers containers, ContainerFactory factory, ImageStores images, Groups groups) {
        this.containers = containers;
        this.factory = factory;
        this.images = images;
        this.groups = groups;
    }

    /**
     * Makes a stopped container of what {@code archive} holds. What of its settings this host cannot give is left out with a
     * warning.
     *
     * @param archive read to its end; closing it is the caller's
     * @throws BerthException EXISTS if there is one of that id; UNTRUSTED if the archive is damaged or holds what is refused
     */
    public Container read(InputStream archive, ImportWish wish, Caller caller) {
        AtomicReference<ExportedContainer> described = new AtomicReference<>();
        Imported imported = images.of(wish.pool())
                .importPacked(
                        archive,
                        wish.maxSize(),
                        text -> {
                            ExportedContainer said = described(text);
                            described.set(said);
                            refuseTaken(id(said, wish));
                            return ImportRequest.of(
                                    "container " + said.container().id());
                        },
                        caller.progress());
        imported.notes().forEach(caller.progress()::note);
        try {
            Container container = create(described.get(), imported.image(), wish, caller);
            images.of(wish.pool()).keep(imported.image());
            return container;
        } catch (RuntimeException e) {
            removeIfNew(imported, wish.pool(), e);
            throw e;
        }
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

    private static ExportedContainer described(String text) {
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

    private static ContainerId id(ExportedContainer said, ImportWish wish) {
        return new ContainerId(wish.pool(), wish.id().orElse(said.container().id()));
    }

    private void refuseTaken(ContainerId id) {
        if (containers.find(id).isPresent()) {
            throw new BerthException(
                    ErrorCode.EXISTS,
                    "container '%s' exists already".formatted(id.name()),
                    "give another id with --as-id");
        }
    }

    private Container create(ExportedContainer said, Image image, ImportWish wish, Caller caller) {
        ContainerSpec former = said.container();
        NewContainer made = new NewContainer(
                wish.pool(),
                id(said, wish).name(),
                image.id(),
                wish.user(),
                wish.group().or(() -> Optional.of(group(former.group(), wish.pool(), caller))),
                former.chosenHostname(),
                former.dnsResolvers(),
                held("isolation", former.ownIsolation(), Isolation.USUAL, wish, caller));
        return factory.create(
                made,
                spec -> spec.withInitCmd(former.initCmd())
                        .withAutostart(former.autostart())
                        .withLimits(former.ownLimits())
                        .withDistribution(former.distribution())
                        .withDevices(ofHost("devices", former.devices(), wish, caller))
                        .withMounts(ofHost("mounts", former.mounts(), wish, caller))
                        .withConfinement(held("confinement", former.ownConfinement(), Confinement.USUAL, wish, caller))
                        .withNetifs(netifs(former, wish, caller)),
                caller);
    }

    private String group(String former, String pool, Caller caller) {
        boolean known = groups.of(pool).stream().anyMatch(g -> g.path().equals(former));
        if (!known) {
            caller.progress().warn("there is no group '%s': it is in %s".formatted(former, Group.DEFAULT));
        }
        return known ? former : Group.DEFAULT;
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
