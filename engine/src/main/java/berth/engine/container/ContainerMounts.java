package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.event.Events;
import berth.engine.event.Notice;
import berth.engine.mount.Mount;
import berth.engine.operation.Caller;
import berth.engine.operation.FailPoints;
import berth.engine.operation.Locks;
import berth.engine.runtime.MountStage;
import berth.engine.storage.Ids;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.mount.GuestMounts;
import berth.linux.mount.GuestMounts.Guest;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What containers have mounted beside their root file systems. Each init gets it before it runs; a change is made in a running
 * container at once.
 *
 * <p>The specification says what there is to be: it is written after something was mounted and before it is taken away, so that
 * whenever the daemon dies, {@link #restore} only has to take away what no specification has. Safe for use by several threads.
 */
public final class ContainerMounts {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerMounts.class);
    private static final String RECORD = "mounts";
    private static final Comparator<Mount> OUTERMOST_FIRST = Comparator.comparing(Mount::mountpoint);

    private final Containers containers;
    private final RunPlans plans;
    private final MountOrigins origins;
    private final MountStage stage;
    private final ContainerLog log;
    private final Events events;
    private final InstantSource clock;
    private final FailPoints failPoints;

    ContainerMounts(
            Containers containers,
            RunPlans plans,
            MountOrigins origins,
            MountStage stage,
            ContainerLog log,
            Events events,
            InstantSource clock,
            FailPoints failPoints) {
        this.containers = containers;
        this.plans = plans;
        this.origins = origins;
        this.stage = stage;
        this.log = log;
        this.events = events;
        this.clock = clock;
        this.failPoints = failPoints;
    }

    /** Whether {@code mount} of {@code container} is mounted in it now. */
    public boolean isActive(Container container, Mount mount) {
        return container
                .initPid()
                .filter(init -> record(container).in(init).mountpoints().contains(mount.mountpoint()))
                .filter(init -> GuestMounts.isMounted(init, mount.mountpoint()))
                .isPresent();
    }

    /** The mount points of {@code container} that it should have, running as it does, and has not. */
    public List<String> missing(Container container) {
        return container.initPid().isEmpty()
                ? List.of()
                : container.spec().mounts().stream()
                        .filter(m -> !m.manual() && !isActive(container, m))
                        .map(Mount::mountpoint)
                        .toList();
    }

    /** Gives {@code container} {@code mount}, at once if it runs, unless that waits for {@link #activate}. */
    public void add(Container container, Mount mount, Caller caller) {
        change(container, caller, () -> {
            requireFree(container, mount);
            try (Locks.Held _ = origins.keep(mount, caller)) {
                origins.require(container, mount, container.spec().mounts(), caller);
                addHeld(container, mount, caller);
            }
        });
    }

    private void addHeld(Container container, Mount mount, Caller caller) {
        List<Mount> next = new ArrayList<>(container.spec().mounts());
        next.add(mount);
        Optional<Integer> init = mount.manual() ? Optional.empty() : init(container);
        init.ifPresent(i -> attach(container, i, mount));
        failPoints.before("ct mounts new", "write configuration");
        try {
            containers.save(container, container.spec().withMounts(next), caller);
        } catch (RuntimeException e) {
            init.ifPresent(i -> detach(container, i, mount.mountpoint()));
            throw e;
        }
    }

    /** Takes the mount at {@code mountpoint} from {@code container}, at once if it runs. */
    public void remove(Container container, String mountpoint, Caller caller) {
        change(container, caller, () -> remove(container, List.of(existing(container, mountpoint)), caller));
    }

    /** Takes all mounts from {@code container}, at once if it runs. */
    public void clear(Container container, Caller caller) {
        change(container, caller, () -> remove(container, container.spec().mounts(), caller));
    }

    /** Mounts in {@code container}, which runs, what it has at {@code mountpoint}. */
    public void activate(Container container, String mountpoint, Caller caller) {
        change(container, caller, () -> {
            Mount mount = existing(container, mountpoint);
            int init = requireInit(container);
            if (isActive(container, mount)) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "'%s' of container '%s' is mounted already".formatted(mountpoint, container.name()));
            }
            attach(container, init, mount);
        });
    }

    /** Unmounts in {@code container}, which runs, what it has at {@code mountpoint}, until its next start or {@link #activate}. */
    public void deactivate(Container container, String mountpoint, Caller caller) {
        change(container, caller, () -> {
            Mount mount = existing(container, mountpoint);
            int init = requireInit(container);
            if (!isActive(container, mount)) {
                throw new BerthException(
                        ErrorCode.WRONG_STATE,
                        "'%s' of container '%s' is not mounted".formatted(mountpoint, container.name()));
            }
            requireNothingBeneath(container, List.of(mount));
            detach(container, init, mount.mountpoint());
        });
    }

    /** Mounts what {@code container} has for {@code init}, which waits to be run. */
    void prepare(Container container, int init) {
        List<Mount> mounts = container.spec().mounts().stream()
                .filter(m -> !m.manual())
                .sorted(OUTERMOST_FIRST)
                .toList();
        for (Mount mount : mounts) {
            try {
                if (!isGiven(container, init, mount)) {
                    attach(container, init, mount);
                }
            } catch (BerthException e) {
                if (!mount.optional()) {
                    throw e;
                }
                log.add(container, "starts without " + mount + ", which is optional: " + e.getMessage());
                events.publish(new Notice.Event(
                        clock.instant(),
                        "mount_missing",
                        container.id().pool(),
                        container.name(),
                        Map.of("mountpoint", mount.mountpoint(), "reason", e.getMessage())));
            }
        }
    }

    /** After its specification was another one: mounts and unmounts in {@code container} what differs. */
    void follow(Container container, List<Mount> before, Caller caller) {
        change(
                container,
                caller,
                () -> init(container).ifPresent(init -> {
                    List<Mount> now = container.spec().mounts();
                    for (Mount gone : innermostFirst(before)) {
                        if (!now.contains(gone) && isActive(container, gone)) {
                            detach(container, init, gone.mountpoint());
                        }
                    }
                    for (Mount come : now.stream().sorted(OUTERMOST_FIRST).toList()) {
                        if (!before.contains(come) && !come.manual()) {
                            attach(container, init, come);
                        }
                    }
                }));
    }

    /** After the daemon was away: takes from the containers of {@code pool} what their specifications have not. Failures are logged. */
    void restore(String pool) {
        for (Container container : containers.of(pool)) {
            try {
                container.initPid().ifPresent(init -> restore(container, init));
            } catch (BerthException | KernelException e) {
                LOG.warn("The mounts of {} are not as they should be: {}", container, e.getMessage());
            }
        }
    }

    private void restore(Container container, int init) {
        container.preparing().lock();
        try {
            stage.clear(plans.of(container).stage());
            for (String mountpoint : record(container).in(init).mountpoints().reversed()) {
                if (find(container, mountpoint).isEmpty()) {
                    detach(container, init, mountpoint);
                }
            }
        } finally {
            container.preparing().unlock();
        }
    }

    private void remove(Container container, List<Mount> gone, Caller caller) {
        requireNothingBeneath(container, gone);
        ContainerSpec former = container.spec();
        List<Mount> active = gone.stream().filter(m -> isActive(container, m)).toList();
        containers.save(
                container,
                former.withMounts(
                        former.mounts().stream().filter(m -> !gone.contains(m)).toList()),
                caller);
        failPoints.before("ct mounts del", "unmount");
        try {
            for (Mount mount : innermostFirst(active)) {
                container.initPid().ifPresent(init -> detach(container, init, mount.mountpoint()));
            }
        } catch (BerthException e) {
            containers.save(container, former, caller);
            throw e;
        }
    }

    /** Whether a daemon that died, asked by the same init's hook, had mounted it. */
    private boolean isGiven(Container container, int init, Mount mount) {
        return record(container).in(init).mountpoints().contains(mount.mountpoint())
                && GuestMounts.isMounted(init, mount.mountpoint());
    }

    /** Mounts it for {@code init}. The caller has what {@link #change} gives. */
    void attach(Container container, int init, Mount mount) {
        origins.whileThere(mount, () -> attachThere(container, init, mount));
    }

    private void attachThere(Container container, int init, Mount mount) {
        Ids ids = plans.ids(container.id().pool(), container.spec());
        try (Fd tree = origins.open(container, mount)) {
            ActiveMounts before = record(container).in(init);
            before.with(mount.mountpoint()).write(file(container));
            try {
                stage.deliver(
                        plans.of(container).stage(),
                        new Guest(init, ids.rootUid(), ids.rootGid()),
                        tree,
                        mount.mountpoint());
            } catch (KernelException e) {
                before.write(file(container));
                throw failed(container, mount, e);
            }
        }
    }

    /** Unmounts what is at {@code mountpoint} for {@code init}, if anything is. The caller has what {@link #change} gives. */
    void detach(Container container, int init, String mountpoint) {
        try {
            GuestMounts.remove(init, mountpoint);
        } catch (KernelException e) {
            // It is not mounted: somebody inside was faster, or a daemon died before it was.
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT) && !e.is(Errno.ENOTDIR)) {
                throw new BerthException(
                        ErrorCode.FAILED,
                        "'%s' in container '%s' cannot be unmounted: %s"
                                .formatted(mountpoint, container.name(), e.reason()),
                        null,
                        e);
            }
        }
        record(container).in(init).without(mountpoint).write(file(container));
    }

    private static BerthException failed(Container container, Mount mount, KernelException cause) {
        if (cause.is(Errno.ENXIO)) {
            return new BerthException(
                    ErrorCode.WRONG_STATE,
                    "nothing can be mounted in container '%s' while it runs: it has no /dev/.berth"
                            .formatted(container.name()),
                    "restart it: 'osctl ct restart %s'".formatted(container.name()),
                    cause);
        }
        String why = cause.is(Errno.ELOOP) ? "it is, or leads through, a symbolic link there" : cause.reason();
        return new BerthException(
                ErrorCode.FAILED,
                "%s cannot be mounted in container '%s': %s".formatted(mount, container.name(), why),
                "look at the directories that lead to it inside",
                cause);
    }

    static void requireNothingBeneath(Container container, List<Mount> gone) {
        container.spec().mounts().stream()
                .filter(m -> !gone.contains(m) && gone.stream().anyMatch(m::isWithin))
                .findFirst()
                .ifPresent(m -> {
                    throw new BerthException(
                            ErrorCode.IN_USE,
                            "container '%s' has a mount beneath it, at '%s'"
                                    .formatted(container.name(), m.mountpoint()),
                            "delete that one first");
                });
    }

    /** Refuses a mount where there is one. */
    static void requireFree(Container container, Mount mount) {
        if (find(container, mount.mountpoint()).isPresent()) {
            throw new BerthException(
                    ErrorCode.EXISTS,
                    "container '%s' has a mount at '%s' already".formatted(container.name(), mount.mountpoint()),
                    "delete it first: 'osctl ct mounts del %s %s'".formatted(container.name(), mount.mountpoint()));
        }
    }

    /** In the order in which they can be taken away. */
    static List<Mount> innermostFirst(List<Mount> mounts) {
        return mounts.stream().sorted(OUTERMOST_FIRST.reversed()).toList();
    }

    /** With the container's lock, and while no start of it is being prepared. */
    void change(Container container, Caller caller, Runnable work) {
        containers.locked(container, caller, () -> {
            container.preparing().lock();
            try {
                work.run();
            } finally {
                container.preparing().unlock();
            }
        });
    }

    /** The init that has its mounts; empty if none runs. */
    static Optional<Integer> init(Container container) {
        return container.state().isUp() ? container.initPid() : Optional.empty();
    }

    private static int requireInit(Container container) {
        return init(container)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.WRONG_STATE,
                        "container '%s' is %s"
                                .formatted(container.name(), container.state().word()),
                        "what it has is mounted when it starts: 'osctl ct start %s'".formatted(container.name())));
    }

    private static Optional<Mount> find(Container container, String mountpoint) {
        return container.spec().mounts().stream()
                .filter(m -> m.mountpoint().equals(mountpoint))
                .findFirst();
    }

    private static Mount existing(Container container, String mountpoint) {
        String wanted = Mount.mountpoint(mountpoint);
        return find(container, wanted)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.NOT_FOUND,
                        "container '%s' has no mount at '%s'".formatted(container.name(), wanted),
                        "'osctl ct mounts ls %s' lists them".formatted(container.name())));
    }

    private ActiveMounts record(Container container) {
        return ActiveMounts.read(file(container));
    }

    private Path file(Container container) {
        return plans.of(container).paths().directory().resolve(RECORD);
    }
}
