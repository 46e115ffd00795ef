package berth.engine.container;

import berth.engine.Instance;
import berth.engine.backup.Backups;
import berth.engine.event.Events;
import berth.engine.group.Groups;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.isolation.AppArmor;
import berth.engine.lxcfs.Lxcfs;
import berth.engine.lxcfs.Views;
import berth.engine.mount.MountSources;
import berth.engine.network.Forwarding;
import berth.engine.network.Interfaces;
import berth.engine.network.managed.Networks;
import berth.engine.operation.FailPoints;
import berth.engine.operation.Locks;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Operations;
import berth.engine.runtime.Attachments;
import berth.engine.runtime.Consoles;
import berth.engine.runtime.Launcher;
import berth.engine.runtime.Monitors;
import berth.engine.runtime.MountStage;
import berth.engine.share.SharedDatasets;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pools;
import berth.linux.cgroup.CgroupHost;
import berth.linux.process.PollLoop;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The services around containers, made for each other.
 *
 * @param running the journal of starts and stops, which a reboot of the host forgets with what they did
 */
public record ContainerServices(
        Containers containers,
        ContainerRunner runner,
        ContainerFactory factory,
        Snapshots snapshots,
        ContainerReinstall reinstall,
        SnapshotSchedules schedules,
        LayerMerging merging,
        ContainerCopies copies,
        ContainerTrash trash,
        ContainerDatasets datasets,
        DatasetTrash datasetTrash,
        TrashBin trashBin,
        Renumbering renumbering,
        ContainerMove move,
        ContainerTransfer transfer,
        ContainerExport export,
        ContainerImport imports,
        Backups backups,
        ContainerBackup backup,
        ContainerImages images,
        ContainerShell shell,
        ContainerSettings settings,
        ContainerUsage usage,
        ContainerLimits limits,
        ContainerDevices devices,
        ContainerMounts mounts,
        ContainerViews views,
        ContainerConfinement confinement,
        ContainerIsolation isolation,
        ContainerNetwork network,
        ContainerLog log,
        Adoption adoption,
        Autostarter autostarter,
        StoppedMeanwhile stopped,
        StartGate startGate,
        Operations running) {

    /** What the services stand on. */
    public record Foundation(
            Instance instance,
            Pools pools,
            UserStores users,
            Groups groups,
            ImageStores images,
            Datasets datasets,
            SharedDatasets shares,
            Networks networks,
            Locks locks,
            Events events,
            InstantSource clock,
            FailPoints failPoints) {}

    /**
     * What they reach the kernel and LXC by.
     *
     * @param stage by which way mounts come into containers
     * @param sources where they come from
     * @param lxcfs what shows containers their own processors and memory
     * @param beforeInit what is done before each init of a container, in this order
     */
    public record Machinery(
            CgroupHost cgroups,
            Launcher launcher,
            Monitors monitors,
            Attachments attachments,
            PollLoop poll,
            Interfaces interfaces,
            Forwarding forwarding,
            MountStage stage,
            MountSources sources,
            Lxcfs lxcfs,
            AppArmor appArmor,
            List<BeforeInit> beforeInit) {}

    /** Makes them. */
    public static ContainerServices of(Foundation on, Machinery with) {
        ContainerLog log = new ContainerLog(on.clock());
        ManagedPorts ports = new ManagedPorts(on.instance(), on.networks(), with.forwarding());
        Departures departures = new Departures(on.datasets());
        Containers containers = new Containers(on.locks(), on.clock(), ports, departures);
        RunPlans plans = new RunPlans(
                on.instance(), on.users(), on.groups(), on.images(), on.datasets(), log, with.stage(), with.appArmor());
        GuestInterfaces guests = new GuestInterfaces(with.interfaces(), on.networks(), plans, log);
        ContainerNetwork network =
                new ContainerNetwork(containers, with.interfaces(), on.networks(), ports, guests, on.failPoints());
        Halt halt = new Halt(with.attachments(), with.launcher(), with.cgroups());
        ContainerDevices devices =
                new ContainerDevices(on.groups(), containers, plans, with.cgroups(), on.locks(), on.failPoints());
        ContainerMounts mounted = new ContainerMounts(
                containers,
                plans,
                new MountOrigins(plans, with.sources(), on.datasets(), on.shares()),
                with.stage(),
                log,
                on.events(),
                on.clock(),
                on.failPoints());
        List<BeforeInit> preparations = new ArrayList<>(with.beforeInit());
        preparations.add((container, _, netns) -> network.prepare(container, netns));
        preparations.add((container, init, _) -> devices.makeNodes(container, init));
        preparations.add((container, init, _) -> mounted.prepare(container, init));
        Views shown = new Views(with.lxcfs(), on.instance().runDirectory());
        ContainerViews views = new ContainerViews(
                containers, plans, with.monitors(), with.lxcfs(), shown, log, on.events(), on.clock());
        preparations.add((container, init, _) -> views.prepare(container, init));
        GuestKernel kernel = new GuestKernel(plans, with.cgroups(), with.launcher(), log);
        preparations.add((container, init, _) -> kernel.prepare(container, init));
        StartGate gate =
                new StartGate(on.instance(), containers, plans, with.monitors(), with.cgroups(), log, preparations);
        ContainerLimits limits = new ContainerLimits(
                on.instance(),
                on.pools(),
                on.groups(),
                containers,
                plans,
                with.cgroups(),
                on.locks(),
                log,
                on.failPoints());
        Boots boots = new Boots(plans, on.images());
        StartKind start = new StartKind(
                containers, plans, limits, devices, with.launcher(), with.monitors(), gate, guests, boots, log);
        StopKind stop = new StopKind(containers, plans, with.monitors(), halt);
        ConfineKind confine = new ConfineKind(containers, plans, with.monitors(), kernel);
        Path run = on.instance().runDirectory();
        Operations running =
                new Operations(run.resolve("journal"), List.of(start, stop, confine), on.clock(), on.failPoints());
        ContainerRunner runner = new ContainerRunner(
                containers,
                departures,
                plans,
                boots,
                on.images(),
                with.monitors(),
                halt,
                with.cgroups(),
                on.locks(),
                running,
                start,
                stop,
                network,
                with.poll(),
                on.events(),
                log,
                on.clock());
        ContainerConfinement confinement = new ContainerConfinement(containers, running, confine, kernel);
        Suspension suspension = new Suspension(containers, plans, with.cgroups());
        Function<String, DatasetChange> change =
                name -> new DatasetChange(name, on.pools(), containers, on.datasets(), suspension, plans);
        Snapshots.Kinds kinds = new Snapshots.Kinds(
                change.apply("ct snapshot new"),
                change.apply("ct freeze layer"),
                change.apply("ct snapshot rollback"),
                change.apply("ct reinstall"),
                change.apply("ct snapshot del"));
        GuestIdentities identities = new GuestIdentities();
        CreateKind create =
                new CreateKind(on.pools(), on.users(), containers, on.datasets(), suspension, plans, identities);
        TrashShelf shelf = new TrashShelf();
        DeleteKind delete = new DeleteKind(on.pools(), on.users(), containers, shelf, on.datasets());
        Function<String, MoveKind> move = name -> new MoveKind(name, on.pools(), containers, shelf, on.datasets());
        ContainerTrash.Kinds ways =
                new ContainerTrash.Kinds(move.apply("ct trash"), move.apply("trash restore"), delete);
        MoveKind rename = move.apply("ct mv");
        DatasetChange passingCopy = change.apply("ct export");
        ReceiveKind receive = new ReceiveKind(
                on.pools(),
                on.users(),
                on.images(),
                containers,
                on.datasets(),
                plans,
                identities,
                new Retirement(on.pools(), containers, departures, on.locks(), log, ways.put(), delete, on.clock()));
        DatasetShelf datasetShelf = new DatasetShelf();
        Function<String, DatasetAddition> add =
                name -> new DatasetAddition(name, on.pools(), containers, on.datasets(), datasetShelf, plans, mounted);
        DatasetAddition newDataset = add.apply("ct dataset new");
        DatasetAddition restoredDataset = add.apply("trash restore dataset");
        DatasetRemoval datasetRemoval = new DatasetRemoval(containers, on.datasets(), datasetShelf, mounted);
        DatasetDeletion datasetDeletion = new DatasetDeletion(containers, on.datasets(), datasetShelf);
        MergeKind merge = new MergeKind(on.pools(), containers, on.datasets(), plans);
        ReinstallKind reinstall = new ReinstallKind(on.pools(), containers, shelf, on.datasets(), plans);
        RenumberKind renumber = new RenumberKind(on.pools(), on.users(), on.images(), on.datasets(), containers);
        List<OperationKind<?>> durable = new ArrayList<>(kinds.all());
        QuotaKind quotas = new QuotaKind(containers, on.datasets(), plans);
        durable.addAll(List.of(newDataset, restoredDataset, datasetRemoval, datasetDeletion, quotas));
        durable.addAll(List.of(create, delete, ways.put(), ways.restore(), rename, passingCopy, receive));
        durable.addAll(List.of(reinstall, renumber, merge));
        PoolOperations operations = new PoolOperations(durable, on.clock(), on.failPoints());
        SnapshotMounts mounts = new SnapshotMounts(on.instance(), plans);
        Snapshots snapshots = new Snapshots(containers, on.datasets(), plans, operations, kinds, mounts, on.clock());
        DatasetTrash datasetTrash = new DatasetTrash(
                containers,
                on.datasets(),
                datasetShelf,
                mounted,
                operations,
                restoredDataset,
                datasetDeletion,
                on.locks());
        ContainerTrash trash = new ContainerTrash(
                on.users(),
                on.groups(),
                on.images(),
                containers,
                shelf,
                on.datasets(),
                datasetTrash,
                network,
                on.locks(),
                on.clock(),
                operations,
                ways);
        ContainerFactory factory = new ContainerFactory(
                on.pools(),
                on.users(),
                on.groups(),
                on.images(),
                containers,
                runner,
                on.locks(),
                on.datasets(),
                mounts,
                operations,
                create,
                trash,
                network);
        ContainerMove moves = new ContainerMove(
                containers, on.datasets(), on.networks(), mounts, on.locks(), operations, rename, on.clock());
        StateViews states = new StateViews(on.datasets(), plans, operations, passingCopy);
        Reception reception = new Reception(on.users(), on.datasets(), containers, trash, operations, receive);
        ContainerExport exports =
                new ContainerExport(containers, on.images(), on.datasets(), plans, states, on.clock());
        ContainerImport imports = new ContainerImport(
                on.pools(),
                containers,
                network,
                reception,
                on.users(),
                on.images(),
                on.groups(),
                on.locks(),
                on.clock());
        return new ContainerServices(
                containers,
                runner,
                factory,
                snapshots,
                new ContainerReinstall(
                        containers,
                        snapshots,
                        on.images(),
                        on.datasets(),
                        mounts,
                        on.locks(),
                        operations,
                        reinstall,
                        trash),
                new SnapshotSchedules(
                        containers,
                        on.groups(),
                        on.pools(),
                        snapshots,
                        mounts,
                        on.locks(),
                        log,
                        on.events(),
                        on.clock()),
                new LayerMerging(containers, on.datasets(), plans, operations, merge, on.clock()),
                new ContainerCopies(containers, factory, snapshots, on.datasets(), plans, on.locks()),
                trash,
                new ContainerDatasets(
                        on.pools(),
                        containers,
                        on.datasets(),
                        mounted,
                        operations,
                        newDataset,
                        datasetRemoval,
                        quotas,
                        plans,
                        on.clock()),
                datasetTrash,
                new TrashBin(on.pools(), on.datasets(), trash, datasetTrash, on.shares(), on.images(), on.clock()),
                new Renumbering(
                        on.users(),
                        containers,
                        shelf,
                        datasetShelf,
                        on.datasets(),
                        operations,
                        renumber,
                        plans,
                        with.cgroups()),
                moves,
                new ContainerTransfer(
                        on.pools(),
                        containers,
                        on.groups(),
                        on.images(),
                        on.datasets(),
                        moves,
                        trash,
                        mounts,
                        states,
                        reception,
                        on.locks(),
                        on.clock()),
                exports,
                imports,
                new Backups(on.clock(), on.failPoints()),
                new ContainerBackup(containers, states, exports, imports),
                new ContainerImages(on.images(), exports),
                new ContainerShell(plans, with.attachments(), new Consoles(), on.clock()),
                new ContainerSettings(containers, network, limits, devices, mounted, confinement, plans, log),
                new ContainerUsage(plans, with.cgroups()),
                limits,
                devices,
                mounted,
                views,
                confinement,
                new ContainerIsolation(containers, with.appArmor()),
                network,
                log,
                new Adoption(
                        containers,
                        runner,
                        network,
                        limits,
                        devices,
                        mounted,
                        views,
                        new Leftovers(on.instance(), plans, with.cgroups()),
                        log),
                new Autostarter(containers, runner, log, run.resolve("autostarted")),
                new StoppedMeanwhile(containers, runner, log, run.resolve("start-again")),
                gate,
                running);
    }
}
