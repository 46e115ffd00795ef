package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.group.Group;
import berth.engine.group.Groups;
import berth.engine.limit.EffectiveLimits;
import berth.engine.limit.HostCapacity;
import berth.engine.limit.HostReserve;
import berth.engine.limit.LimitWriter;
import berth.engine.limit.Limits;
import berth.engine.limit.Size;
import berth.engine.operation.Caller;
import berth.engine.operation.FailPoints;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.operation.Progress;
import berth.engine.storage.Pools;
import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.cgroup.Hierarchy;
import berth.linux.cgroup.Statistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of groups and containers: their configuration, and where something of them runs the cgroups themselves.
 *
 * <p>A change is checked, then written to the configuration, then made to hold; what the kernel refuses is taken back. Whenever
 * the daemon dies, {@link #restore} makes hold what the configuration says. Safe for use by several threads: whoever writes to
 * a cgroup looks afterwards whether the configuration is still what was written.
 */
public final class ContainerLimits {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerLimits.class);

    /** What fail points call it. */
    private static final String WORK = "limits";

    private final Instance instance;
    private final Pools pools;
    private final Groups groups;
    private final Containers containers;
    private final RunPlans plans;
    private final CgroupHost cgroups;
    private final Locks locks;
    private final ContainerLog log;
    private final FailPoints failPoints;

    ContainerLimits(
            Instance instance,
            Pools pools,
            Groups groups,
            Containers containers,
            RunPlans plans,
            CgroupHost cgroups,
            Locks locks,
            ContainerLog log,
            FailPoints failPoints) {
        this.instance = instance;
        this.pools = pools;
        this.groups = groups;
        this.containers = containers;
        this.plans = plans;
        this.cgroups = cgroups;
        this.locks = locks;
        this.log = log;
        this.failPoints = failPoints;
    }

    /**
     * Changes the limits of {@code container}, at once if it runs.
     *
     * @throws BerthException INVALID for more than the host has, or what the kernel refuses; IN_USE for less memory than is in use
     */
    public void change(Container container, UnaryOperator<Limits> change, Caller caller) {
        containers.locked(container, caller, () -> {
            ContainerSpec former = container.spec();
            Limits before = former.ownLimits();
            Limits after = change.apply(before);
            HostCapacity.now().requireFor(before, after);
            requireRoom("container '%s'".formatted(container.name()), cgroup(container), before, after);
            failPoints.before(WORK, "write configuration");
            containers.save(container, former.withLimits(after), caller);
            try {
                failPoints.before(WORK, "change cgroup");
                follow(container, before, caller);
            } catch (BerthException e) {
                failPoints.before(WORK, "take back");
                containers.save(container, former, caller);
                failPoints.before(WORK, "change cgroup again");
                takeBack(() -> LimitWriter.restore(cgroup(container), path(container), holding(container, before)));
                throw e;
            }
        });
    }

    /** Changes the limits of {@code group}, at once if anything in it runs. @throws BerthException as for a container */
    public void change(Group group, UnaryOperator<Limits> change, Caller caller) {
        try (Locks.Held _ = locks.acquire(
                List.of(
                        LockRequest.shared(LockKey.Kind.POOL, group.pool()),
                        LockRequest.exclusive(LockKey.Kind.GROUP, group.pool() + ":" + group.path())),
                caller.patience(),
                caller.actor().command())) {
            Limits before = groups.spec(group).ownLimits();
            Limits after = change.apply(before);
            HostCapacity.now().requireFor(before, after);
            requireRoom("group '%s'".formatted(group.path()), cgroup(group), before, after);
            failPoints.before(WORK, "write configuration");
            groups.change(group, spec -> spec.withLimits(after));
            try {
                failPoints.before(WORK, "change cgroup");
                List<String> unmet = LimitWriter.change(cgroup(group), path(group), before, after);
                unmet.forEach(caller.progress()::warn);
                if (after.io() != null && cgroups.limitsIoOneByOne()) {
                    caller.progress()
                            .warn("the cgroups of this kernel limit reads and writes of each container by itself:"
                                    + " io-limit holds for each one in the group");
                }
                failPoints.before(WORK, "change cgroups below");
                followAll(group);
            } catch (BerthException e) {
                failPoints.before(WORK, "take back");
                groups.change(group, spec -> spec.withLimits(before));
                failPoints.before(WORK, "change cgroup again");
                takeBack(() -> LimitWriter.change(cgroup(group), path(group), after, before));
                throw e;
            }
        }
    }

    /** Writes all limits of {@code container} to its cgroup, if it runs, whatever that has now. */
    public void apply(Container container, Caller caller) {
        containers.locked(
                container,
                caller,
                () -> LimitWriter.restore(
                                cgroup(container),
                                path(container),
                                holding(container, container.spec().ownLimits()))
                        .forEach(caller.progress()::warn));
    }

    /** Writes all limits of {@code group} to its cgroup, if anything in it runs, whatever that has now. */
    public void apply(Group group, Caller caller) {
        settled(
                () -> groups.spec(group).ownLimits(),
                l -> LimitWriter.restore(cgroup(group), path(group), l).forEach(caller.progress()::warn));
    }

    /** Which of the kernel's two interfaces has {@code controller} here, 1 or 2. @throws BerthException UNSUPPORTED if none */
    public int version(String controller) {
        return cgroups.with(controller)
                .map(h -> h.version() == Hierarchy.Version.V1 ? 1 : 2)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "this host has no controller '%s'".formatted(controller),
                        "for another host, say which version it is of: -v 1 or -v 2"));
    }

    /** What holds for {@code container}. */
    public EffectiveLimits effective(Container container) {
        List<EffectiveLimits.Layer> layers = layers(group(container));
        layers.add(new EffectiveLimits.Layer("itself", container.spec().ownLimits()));
        return EffectiveLimits.of(layers);
    }

    /** What holds for all in {@code group} together. */
    public EffectiveLimits effective(Group group) {
        return EffectiveLimits.of(layers(group));
    }

    /** What limits did to {@code container}. */
    public Statistics statistics(Container container) {
        return cgroup(container).statistics();
    }

    /** What limits did to all in {@code group} together, while something in it runs. */
    public Statistics statistics(Group group) {
        return cgroup(group).statistics();
    }

    /** The cgroup of {@code group}, which is there while something in it runs. */
    public Cgroup cgroup(Group group) {
        return cgroups.at(group.cgroup(instance.name()));
    }

    /** Makes everything hold for a container whose cgroup was just made. */
    void prepare(Container container, Progress progress) {
        reserve();
        for (Group group : Groups.chain(group(container))) {
            settled(() -> groups.spec(group).ownLimits(), l -> LimitWriter.write(cgroup(group), path(group), l));
        }
        List<String> unmet = new ArrayList<>();
        settled(() -> holding(container, container.spec().ownLimits()), l -> {
            unmet.clear();
            unmet.addAll(LimitWriter.write(cgroup(container), path(container), l));
        });
        unmet.forEach(text -> {
            log.add(container, text);
            progress.warn(text);
        });
    }

    /** Makes its limits hold for {@code container}, which had {@code before}, if it runs. */
    void follow(Container container, Limits before, Caller caller) {
        List<String> unmet = LimitWriter.change(
                cgroup(container),
                path(container),
                holding(container, before),
                holding(container, container.spec().ownLimits()));
        unmet.forEach(caller.progress()::warn);
    }

    /** After the daemon was away: makes hold in {@code pool} what the configuration says. Failures are logged. */
    void restore(String pool) {
        if (cgroups.at(instance.name()).exists()) {
            reserve();
        }
        for (Group group : groups.of(pool)) {
            if (cgroup(group).exists()) {
                logged(
                        group,
                        () -> LimitWriter.restore(
                                cgroup(group), path(group), groups.spec(group).ownLimits()));
            }
        }
        for (Container container : containers.of(pool)) {
            if (container.state().isUp()) {
                logged(
                        container,
                        () -> LimitWriter.restore(
                                cgroup(container),
                                path(container),
                                holding(container, container.spec().ownLimits())));
            }
        }
    }

    private void reserve() {
        HostCapacity all = HostCapacity.now();
        HostReserve.of(all).keep(cgroups.at(instance.name()), all);
    }

    /** What lies in {@code group} may have had less, or more, than it does now. */
    private void followAll(Group group) {
        for (Group below : groups.beneath(group)) {
            settled(() -> groups.spec(below).ownLimits(), l -> LimitWriter.follow(cgroup(below), path(below), l));
        }
        for (Container container : containers.of(group.pool())) {
            if (Groups.chain(group(container)).contains(group)) {
                settled(
                        () -> holding(container, container.spec().ownLimits()),
                        l -> LimitWriter.follow(cgroup(container), path(container), l));
            }
        }
    }

    private static void settled(Supplier<Limits> configured, Consumer<Limits> write) {
        Limits written;
        do {
            written = configured.get();
            write.accept(written);
        } while (!configured.get().equals(written));
    }

    /** Refuses what would have processes killed, before anything is written. */
    private static void requireRoom(String owner, Cgroup cgroup, Limits before, Limits after) {
        Size memory = after.memory();
        if (memory == null || memory.equals(before.memory())) {
            return;
        }
        OptionalLong used = cgroup.statistics().unreclaimableMemory();
        if (used.isPresent() && used.getAsLong() > memory.bytes()) {
            throw new BerthException(
                    ErrorCode.IN_USE,
                    "memory-limit %s is less than %s uses: %s cannot be given back"
                            .formatted(memory, owner, new Size(used.getAsLong() >> 20 << 20)),
                    "stop what uses it, or give more");
        }
    }

    /** What is to be written for {@code container}, whose own limits are {@code own}: where groups cannot limit, what they ask too. */
    private Limits holding(Container container, Limits own) {
        if (!cgroups.limitsIoOneByOne()) {
            return own;
        }
        List<EffectiveLimits.Layer> layers = layers(group(container));
        layers.add(new EffectiveLimits.Layer("itself", own));
        return own.withIo(EffectiveLimits.of(layers)
                .io()
                .map(EffectiveLimits.Bound::value)
                .orElse(null));
    }

    private List<EffectiveLimits.Layer> layers(Group group) {
        List<EffectiveLimits.Layer> layers = new ArrayList<>();
        Groups.chain(group)
                .forEach(g -> layers.add(new EffectiveLimits.Layer(
                        "group " + g.path(), groups.spec(g).ownLimits())));
        return layers;
    }

    private static void logged(Object owner, Supplier<List<String>> work) {
        try {
            work.get().forEach(text -> LOG.info("Limits of {}: {}", owner, text));
        } catch (BerthException | KernelException e) {
            LOG.warn("The limits of {} are not as they should be: {}", owner, e.getMessage());
        }
    }

    private static void takeBack(Supplier<List<String>> work) {
        logged("what could not be changed", work);
    }

    private Group group(Container container) {
        return new Group(container.id().pool(), container.spec().group());
    }

    private Cgroup cgroup(Container container) {
        return cgroups.at(plans.cgroup(container));
    }

    private static Path path(Container container) {
        return container.pool().path();
    }

    private Path path(Group group) {
        return pools.get(group.pool()).path();
    }
}
