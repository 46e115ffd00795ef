package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.runtime.ContainerCgroup;
import berth.engine.runtime.Monitor;
import berth.engine.runtime.Monitors;
import berth.engine.runtime.RunPlan;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.NamespaceKind;
import berth.linux.process.Pidfd;
import berth.linux.process.Processes;
import berth.linux.socket.PeerCredentials;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where each init of a container waits until the container is prepared for it. LXC's hook {@code start-host} asks here, and says
 * nothing of the container: the kernel tells which it is, by the cgroup and the parents of the process that asks.
 *
 * <p>Safe for use by several threads. Takes no container's lock.
 */
public final class StartGate {
    /** What becomes of a hook. */
    public sealed interface Verdict {
        /** The init may run. */
        record Ready() implements Verdict {}

        /** What stands in the way of the init, in one line. */
        record Failed(String why) implements Verdict {}

        /** It is no hook of a container that starts. */
        record Refused(String why) implements Verdict {}

        /** Which container it is cannot be known at present, as its pool or configuration cannot be read: it asks again. */
        record Later() implements Verdict {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(StartGate.class);
    /** The monitor runs a shell, which runs the hook, or becomes it. */
    private static final int GENERATIONS = 3;

    private final Instance instance;
    private final Containers containers;
    private final RunPlans plans;
    private final Monitors monitors;
    private final CgroupHost cgroups;
    private final ContainerLog log;
    private final List<BeforeInit> preparations;
    private final Map<ContainerId, Start> starts = new ConcurrentHashMap<>();

    StartGate(
            Instance instance,
            Containers containers,
            RunPlans plans,
            Monitors monitors,
            CgroupHost cgroups,
            ContainerLog log,
            List<BeforeInit> preparations) {
        this.instance = instance;
        this.containers = containers;
        this.plans = plans;
        this.monitors = monitors;
        this.cgroups = cgroups;
        this.log = log;
        this.preparations = List.copyOf(preparations);
    }

    /** A start by a command that is under way: it hears why the container could not be prepared. */
    static final class Start implements AutoCloseable {
        private final Runnable end;
        private volatile Optional<BerthException> failure = Optional.empty();

        private Start(Runnable end) {
            this.end = end;
        }

        /** Why the container could not be prepared, if that was so. */
        Optional<BerthException> failure() {
            return failure;
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /** To be closed when the start of {@code container} has come to its end; its lock is held by the caller. */
    Start watch(Container container) {
        Start start = new Start(() -> starts.remove(container.id()));
        starts.put(container.id(), start);
        return start;
    }

    /**
     * Whether {@code peer} is where only the monitors of this instance's containers and their children are. Only root makes such
     * a cgroup, and only the container's user moves processes into it. Quick: it is asked of everybody who connects.
     */
    public boolean recognises(PeerCredentials peer) {
        return place(peer).isPresent();
    }

    /** Prepares the container whose hook {@code peer} is. Returns when that is done. */
    public Verdict prepare(PeerCredentials peer) {
        // Opened before anything is asked about the process, so that its number cannot go to another one unnoticed.
        try (Pidfd hook = Pidfd.open(peer.pid()).orElse(null)) {
            return hook == null ? new Verdict.Refused("it has ended") : prepare(peer, hook);
        } catch (BerthException e) {
            return new Verdict.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Verdict prepare(PeerCredentials peer, Pidfd hook) {
        ContainerCgroup.Place place = place(peer).orElse(null);
        if (place == null) {
            return new Verdict.Refused("it is not in the cgroup of a monitor");
        }
        Container container = containers
                .find(new ContainerId(place.pool(), place.container()))
                .orElse(null);
        if (container == null) {
            return new Verdict.Later();
        }
        RunPlan plan = plans.of(container);
        if (!plan.cgroup().equals(place.cgroup()) || plan.uid() != peer.uid()) {
            return new Verdict.Refused("it is not where and who the monitor of container '%s' is".formatted(container));
        }
        try (Monitor monitor = monitors.holding(plan).orElse(null)) {
            if (monitor == null || !isBeneath(peer.pid(), monitor) || hook.isExited()) {
                return new Verdict.Refused("no monitor of container '%s' has started it".formatted(container));
            }
            prepare(container, monitor);
            return new Verdict.Ready();
        }
    }

    private void prepare(Container container, Monitor monitor) {
        int pid = monitor.init().orElseThrow(() -> endedInit(container));
        try (Pidfd init = Pidfd.open(pid).orElseThrow(() -> endedInit(container));
                Fd netns = NamespaceKind.NETWORK.of(pid)) {
            // Asked again after both were opened: they are of the monitor's child, whatever has become of its number.
            if (monitor.init().filter(now -> now == pid).isEmpty() || init.isExited()) {
                throw endedInit(container);
            }
            if (NamespaceKind.NETWORK.isOwn(netns)) {
                throw failed(
                        container, new BerthException(ErrorCode.FAILED, "it has the network namespace of the host"));
            }
            run(container, pid, netns);
        } catch (KernelException e) {
            // A process that has ended is in no namespace.
            throw e.is(Errno.ENOENT) || e.is(Errno.ESRCH)
                    ? endedInit(container)
                    : failed(container, new BerthException(ErrorCode.FAILED, String.valueOf(e.getMessage()), null, e));
        }
    }

    private void run(Container container, int init, Fd netns) {
        container.preparing().lock();
        try {
            preparations.forEach(p -> p.prepare(container, init, netns));
        } catch (BerthException e) {
            throw failed(container, e);
        } catch (RuntimeException e) {
            LOG.error("{} cannot be prepared", container, e);
            throw failed(container, new BerthException(ErrorCode.INTERNAL, String.valueOf(e.getMessage()), null, e));
        } finally {
            container.preparing().unlock();
        }
    }

    /** Tells its log, and the command that starts it, if one does. */
    private BerthException failed(Container container, BerthException cause) {
        BerthException failure = new BerthException(
                cause.code(),
                "container '%s' cannot be started: %s".formatted(container.name(), cause.getMessage()),
                cause.hint().orElse(null),
                cause);
        starts.computeIfPresent(container.id(), (_, start) -> {
            start.failure = Optional.of(failure);
            return start;
        });
        log.add(container, "could not be prepared for its init: " + cause.getMessage());
        return failure;
    }

    private static boolean isBeneath(int pid, Monitor monitor) {
        int ancestor = pid;
        for (int i = 0; i < GENERATIONS; i++) {
            ancestor = Processes.parent(ancestor).orElse(0);
            if (ancestor == monitor.process().pid()) {
                return !monitor.process().isExited();
            }
        }
        return false;
    }

    private Optional<ContainerCgroup.Place> place(PeerCredentials peer) {
        return peer.pid() <= 0
                ? Optional.empty()
                : cgroups.pathOf(peer.pid()).flatMap(path -> ContainerCgroup.ofMonitor(instance.name(), path));
    }

    private BerthException endedInit(Container container) {
        String hint = "'osctl ct log cat %s' shows LXC's whole log".formatted(container.name());
        if (container.spec().ownIsolation().ownSeccomp().isPresent()) {
            hint += "; it has a system call filter of its own, which may refuse what every program needs: "
                    + "'osctl ct unset seccomp-profile %s'".formatted(container.name());
        }
        return failed(container, new BerthException(ErrorCode.FAILED, "what was to become its init has ended", hint));
    }
}
