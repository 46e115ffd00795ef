package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.device.Device;
import berth.engine.device.DeviceGuard;
import berth.engine.device.DeviceTree;
import berth.engine.group.Group;
import berth.engine.group.Groups;
import berth.engine.operation.Caller;
import berth.engine.operation.FailPoints;
import berth.engine.operation.LockKey;
import berth.engine.operation.LockRequest;
import berth.engine.operation.Locks;
import berth.engine.storage.RootFilesystem;
import berth.linux.KernelException;
import berth.linux.cgroup.Cgroup;
import berth.linux.cgroup.CgroupHost;
import berth.linux.device.DeviceNode;
import berth.linux.device.DeviceNodes;
import berth.linux.device.DeviceType;
import berth.linux.file.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of groups and containers: their configuration, the kernel's check of every use, and the nodes in running containers.
 *
 * <p>A change is written to the configuration, then the kernel is told for all containers that it is about; whenever the daemon
 * dies, {@link #restore} tells it what the configuration says. Safe for use by several threads.
 */
public final class ContainerDevices {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerDevices.class);
    /** What fail points call it. */
    private static final String WORK = "devices";

    private static final int NODE_MODE = 0660;
    private static final int PERMISSIONS = 0777;

    private final Groups groups;
    private final Containers containers;
    private final RunPlans plans;
    private final CgroupHost cgroups;
    private final DeviceGuard guard;
    private final Locks locks;
    private final FailPoints failPoints;

    ContainerDevices(
            Groups groups,
            Containers containers,
            RunPlans plans,
            CgroupHost cgroups,
            Locks locks,
            FailPoints failPoints) {
        this.groups = groups;
        this.containers = containers;
        this.plans = plans;
        this.cgroups = cgroups;
        this.guard = new DeviceGuard(cgroups);
        this.locks = locks;
        this.failPoints = failPoints;
    }

    /** The devices of {@code group} and of those above it. */
    public DeviceTree of(Group group) {
        return new DeviceTree(levels(group));
    }

    /** The devices of {@code container} and of the groups that it is in. */
    public DeviceTree of(Container container) {
        List<DeviceTree.Level> levels = levels(group(container));
        levels.add(new DeviceTree.Level(
                "container '%s'".formatted(container.name()), container.spec().devices()));
        return new DeviceTree(levels);
    }

    /** Changes the list of {@code container}'s own devices, at once if it runs. */
    public void change(Container container, UnaryOperator<List<Device>> change, Caller caller) {
        try (Locks.Held _ = lock(group(container), List.of(container), caller)) {
            containers.current(container);
            ContainerSpec former = container.spec();
            List<Device> next = change.apply(former.devices());
            apply(
                    List.of(container),
                    () -> containers.save(container, former.withDevices(next), caller),
                    () -> containers.save(container, former, caller));
        }
    }

    /** Changes the list of {@code group}'s own devices, at once for every container in it that runs. */
    public void change(Group group, UnaryOperator<List<Device>> change, Caller caller) {
        List<Container> within = within(group);
        try (Locks.Held _ = lock(group, within, caller)) {
            List<Device> former = own(group);
            List<Device> next = change.apply(former);
            apply(
                    within,
                    () -> groups.change(group, spec -> spec.withDevices(next)),
                    () -> groups.change(group, spec -> spec.withDevices(former)));
        }
    }

    /** Changes the lists of all that lies in {@code group}, where {@code change} makes a difference, the innermost first. */
    public void changeBelow(Group group, UnaryOperator<List<Device>> change, Caller caller) {
        for (Container container : within(group)) {
            if (!change.apply(container.spec().devices())
                    .equals(container.spec().devices())) {
                change(container, change, caller);
            }
        }
        for (Group below : groups.beneath(group).reversed()) {
            if (!change.apply(own(below)).equals(own(below))) {
                change(below, change, caller);
            }
        }
    }

    /** What lies in {@code group} and has {@code device} by itself, each with the mode that it has there. */
    public Map<String, Device> ownersBeneath(Group group, Device device) {
        Map<String, Device> owners = new TreeMap<>();
        for (Group below : groups.beneath(group)) {
            find(own(below), device).forEach(d -> owners.put("group " + below.path(), d));
        }
        for (Container container : within(group)) {
            find(container.spec().devices(), device).forEach(d -> owners.put(container.name(), d));
        }
        return owners;
    }

    /** The containers in {@code group} that may use {@code device}, by name. */
    public List<String> usersOf(Group group, Device device) {
        return within(group).stream()
                .filter(c -> of(c).allowed().stream().anyMatch(device::isSame))
                .map(Container::name)
                .toList();
    }

    /** The groups in which {@code group} lies that lack {@code device}; the outermost first. */
    public List<Group> lacking(Group group, Device device) {
        return Groups.chain(group).stream()
                .filter(g -> {
                    DeviceTree.Level innermost = new DeviceTree.Level("below", List.of(device));
                    List<DeviceTree.Level> levels = levels(g);
                    levels.add(innermost);
                    return new DeviceTree(levels)
                            .lacking(device).stream().anyMatch(l -> l.owner().equals(owner(g)));
                })
                .toList();
    }

    /** The group that {@code container} is in. */
    public Group group(Container container) {
        return new Group(container.id().pool(), container.spec().group());
    }

    /** Puts the list of a container in force whose cgroup was just made. */
    void prepare(Container container) {
        List<Device> told;
        do {
            told = of(container).allowed();
            guard.enforce(cgroup(container), told);
        } while (!of(container).allowed().equals(told));
    }

    /** Makes the nodes of a container whose init waits to be run. */
    void makeNodes(Container container, int init) {
        RootFilesystem root = plans.root(container);
        DeviceNodes.add(
                init, root.rootUid(), root.rootGid(), nodes(of(container).allowed()));
    }

    /** After the daemon was away: puts in force in {@code pool} what the configuration says. Failures are logged. */
    void restore(String pool) {
        for (Container container : containers.of(pool)) {
            if (container.state().isUp()) {
                try {
                    prepare(container);
                    container.initPid().ifPresent(init -> restoreNodes(container, init));
                } catch (BerthException | KernelException e) {
                    LOG.warn("The devices of {} are not as they should be: {}", container, e.getMessage());
                }
            }
        }
    }

    /** A change that was cut off may have left a node of a former list, or not made one of the present one. */
    private void restoreNodes(Container container, int init) {
        RootFilesystem root = plans.root(container);
        List<DeviceNode> wanted = nodes(of(container).allowed());
        Set<String> present = DeviceNodes.names(init);
        DeviceNodes.added(init).stream()
                .filter(name -> wanted.stream().noneMatch(n -> n.name().equals(name)))
                .forEach(name -> DeviceNodes.remove(init, root.rootUid(), root.rootGid(), name));
        DeviceNodes.add(
                init,
                root.rootUid(),
                root.rootGid(),
                wanted.stream().filter(n -> !present.contains(n.name())).toList());
    }

    private void apply(List<Container> concerned, Runnable save, Runnable takeBack) {
        Map<Container, List<Device>> before = new LinkedHashMap<>();
        concerned.forEach(c -> before.put(c, of(c).allowed()));
        failPoints.before(WORK, "write configuration");
        save.run();
        try {
            failPoints.before(WORK, "tell kernel");
            before.forEach(this::follow);
        } catch (BerthException | KernelException e) {
            failPoints.before(WORK, "take back");
            takeBack.run();
            failPoints.before(WORK, "tell kernel again");
            concerned.forEach(this::prepare);
            throw e;
        }
    }

    /** Tells the kernel what {@code container}, which could use {@code before}, may use now. */
    void follow(Container container, List<Device> before) {
        List<Device> after = of(container).allowed();
        if (after.equals(before)) {
            return;
        }
        if (cgroup(container).exists()) {
            guard.enforce(cgroup(container), after);
        }
        container.initPid().ifPresent(init -> {
            failPoints.before(WORK, "change nodes");
            RootFilesystem root = plans.root(container);
            List<DeviceNode> former = nodes(before);
            List<DeviceNode> latter = nodes(after);
            former.stream()
                    .filter(n -> latter.stream().noneMatch(m -> m.name().equals(n.name())))
                    .forEach(n -> DeviceNodes.remove(init, root.rootUid(), root.rootGid(), n.name()));
            DeviceNodes.add(
                    init,
                    root.rootUid(),
                    root.rootGid(),
                    latter.stream().filter(n -> !former.contains(n)).toList());
        });
    }

    /** Nodes of those that the host has: the driver of another would not answer. */
    private static List<DeviceNode> nodes(List<Device> devices) {
        List<DeviceNode> nodes = new ArrayList<>();
        for (Device device : devices) {
            device.node().ifPresent(path -> {
                Path own = Path.of(path);
                DeviceNumber number =
                        new DeviceNumber(Integer.parseInt(device.major()), Integer.parseInt(device.minor()));
                String sort = device.type() == DeviceType.CHAR ? "char" : "block";
                if (Files.exists(own) || Files.exists(Path.of("/sys/dev", sort, number.toString()))) {
                    String name = path.substring("/dev/".length());
                    nodes.add(new DeviceNode(name, device.type(), number, mode(own)));
                }
            });
        }
        return nodes;
    }

    private static int mode(Path node) {
        try {
            return Files.exists(node) ? (int) Files.getAttribute(node, "unix:mode") & PERMISSIONS : NODE_MODE;
        } catch (IOException e) {
            return NODE_MODE;
        }
    }

    private List<DeviceTree.Level> levels(Group group) {
        List<DeviceTree.Level> levels = new ArrayList<>();
        Groups.chain(group).forEach(g -> levels.add(new DeviceTree.Level(owner(g), own(g))));
        return levels;
    }

    private static String owner(Group group) {
        return "group " + group.path();
    }

    private List<Device> own(Group group) {
        return groups.spec(group).devices();
    }

    private static List<Device> find(List<Device> devices, Device device) {
        return devices.stream().filter(device::isSame).toList();
    }

    private List<Container> within(Group group) {
        return containers.of(group.pool()).stream()
                .filter(c -> Groups.chain(group(c)).contains(group))
                .toList();
    }

    /** Every change of devices in a pool waits for the one before it: what one node may have depends on the others. */
    private Locks.Held lock(Group group, List<Container> concerned, Caller caller) {
        List<LockRequest> requests = new ArrayList<>();
        requests.add(LockRequest.shared(LockKey.Kind.POOL, group.pool()));
        requests.add(LockRequest.exclusive(LockKey.Kind.GROUP, group.pool() + ":" + Group.ROOT));
        concerned.forEach(c -> requests.add(Containers.exclusive(c.id())));
        return locks.acquire(requests, caller.patience(), caller.actor().command());
    }

    private Cgroup cgroup(Container container) {
        return cgroups.at(plans.cgroup(container));
    }
}
