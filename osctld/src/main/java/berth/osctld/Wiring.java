package berth.osctld;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.engine.container.ContainerServices;
import berth.engine.doctor.Doctor;
import berth.engine.event.Events;
import berth.engine.group.Groups;
import berth.engine.health.HealthCheck;
import berth.engine.host.PoolGate;
import berth.engine.host.UserAdministration;
import berth.engine.idmap.SystemAccounts;
import berth.engine.idmap.UserStores;
import berth.engine.image.BuildCgroups;
import berth.engine.image.ImageBuilds;
import berth.engine.image.ImageStores;
import berth.engine.isolation.AppArmor;
import berth.engine.lxcfs.Lxcfs;
import berth.engine.mount.MountSources;
import berth.engine.network.Forwarding;
import berth.engine.network.HostSettings;
import berth.engine.network.Interfaces;
import berth.engine.network.managed.Bridges;
import berth.engine.network.managed.HostPrograms;
import berth.engine.network.managed.Networks;
import berth.engine.operation.FailPoints;
import berth.engine.operation.Locks;
import berth.engine.repository.Publisher;
import berth.engine.repository.Repositories;
import berth.engine.runtime.Attachments;
import berth.engine.runtime.Entry;
import berth.engine.runtime.Launcher;
import berth.engine.runtime.LxcPrograms;
import berth.engine.runtime.Monitors;
import berth.engine.runtime.MountStage;
import berth.engine.share.SharedDatasets;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import berth.engine.storage.Pools;
import berth.engine.storage.Trash;
import berth.engine.storage.btrfs.BtrfsDisks;
import berth.engine.storage.btrfs.BtrfsDriver;
import berth.engine.storage.dir.DirDriver;
import berth.engine.storage.zfs.ZfsDatasets;
import berth.engine.storage.zfs.ZfsDriver;
import berth.linux.cgroup.CgroupHost;
import berth.linux.mount.Overlays;
import berth.linux.mount.UserNamespaces;
import berth.linux.process.PollLoop;
import berth.osctld.command.Services;
import berth.osctld.transfer.HttpTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Makes every part of the daemon and hands it what it stands on; there is no other place where parts are joined. */
final class Wiring {
    private static final String VERSION = "0.1.0";
    /** How long a server on the network may say nothing. */
    private static final Duration SERVER_PATIENCE = Duration.ofSeconds(60);

    private static final List<String> PROGRAM_DIRECTORIES =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private Wiring() {}

    /** The services of {@code instance}; nothing is loaded yet. {@code libexec} is where osctl-enter is. */
    static Services services(Instance instance, Path libexec, FailPoints failPoints) {
        Clock clock = Clock.systemUTC();
        Path enter = program(libexec.resolve("osctl-enter"));
        Overlays overlays = new Overlays(instance.runDirectory().resolve("overlay"));
        overlays.cleanUp();
        // Its scratch mount, which kernels before 6.15 need, does not outlive the daemon.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(overlays::cleanUp));
        ExecutorService remover = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("trash").factory());
        Trash trash = new Trash(remover, new SecureRandom());
        // Not the same thread: a dataset in use is waited for.
        ExecutorService datasetRemover = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("zfs").factory());
        UserNamespaces namespaces = new UserNamespaces(List.of(enter.toString(), "--userns"));
        Pools pools = new Pools(
                instance,
                List.of(
                        new DirDriver(overlays, namespaces, trash),
                        new BtrfsDriver(namespaces, trash),
                        new ZfsDriver(namespaces, datasetRemover)),
                new BtrfsDisks(),
                new ZfsDatasets(),
                clock);
        Datasets datasets = new Datasets();
        Locks locks = new Locks(clock);
        SharedDatasets shares = new SharedDatasets(pools, locks, clock, failPoints);
        Events events = new Events();
        UserStores users = new UserStores(instance.name(), new SystemAccounts(Path.of("/etc"), instance.name()));
        Groups groups = new Groups();
        ImageStores images = new ImageStores(clock, locks);
        String mark = "berth " + instance.name();
        HostSettings settings = new HostSettings(instance.runDirectory().resolve("host-settings"));
        Forwarding forwarding = new Forwarding(settings, mark);
        MountSources sources = new MountSources(
                namespaces,
                () -> Stream.concat(
                                pools.all().stream().map(Pool::path),
                                Stream.of(instance.runDirectory(), instance.stateDirectory()))
                        .toList());
        ContainerServices.Machinery machinery = machinery(instance, enter, failPoints, forwarding, sources);
        Networks networks = new Networks(
                instance,
                new Bridges(mark, forwarding, settings),
                new HostPrograms(Wiring::find),
                machinery.poll(),
                failPoints);
        ContainerServices containers = ContainerServices.of(
                new ContainerServices.Foundation(
                        instance,
                        pools,
                        users,
                        groups,
                        images,
                        datasets,
                        shares,
                        networks,
                        locks,
                        events,
                        clock,
                        failPoints),
                machinery);
        UserAdministration administration = new UserAdministration(
                pools,
                users,
                containers.containers(),
                containers.trash(),
                containers.datasetTrash(),
                locks,
                clock,
                failPoints);
        PoolGate gate = new PoolGate(
                pools, users, groups, images, administration, datasets, shares, networks, containers, trash, locks);
        return new Engine(
                VERSION,
                instance,
                pools,
                gate,
                users,
                administration,
                groups,
                images,
                shares,
                new ImageBuilds(images, users, namespaces, new BuildCgroups(instance, machinery.cgroups())),
                networks,
                new Repositories(instance, new HttpTransport(System.getenv(), SERVER_PATIENCE), clock),
                new Publisher(instance, clock),
                containers,
                new HealthCheck(users, groups, images, datasets, shares, networks, containers),
                new Doctor(instance, machinery.cgroups(), Wiring::find),
                events,
                locks);
    }

    private static ContainerServices.Machinery machinery(
            Instance instance, Path enter, FailPoints failPoints, Forwarding forwarding, MountSources sources) {
        MountStage stage = new MountStage(instance.runDirectory().resolve("mounts"));
        CgroupHost cgroups = CgroupHost.detect();
        Entry entry = new Entry(enter);
        LxcPrograms lxc = new LxcPrograms(program("lxc-start"), program("lxc-attach"));
        Monitors monitors = new Monitors(cgroups);
        PollLoop poll = PollLoop.start(Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("watch-", 1).factory()));
        return new ContainerServices.Machinery(
                cgroups,
                new Launcher(entry, lxc, cgroups, monitors, stage),
                monitors,
                new Attachments(entry, lxc, cgroups),
                poll,
                new Interfaces(forwarding),
                forwarding,
                stage,
                sources,
                new Lxcfs(instance.runDirectory(), () -> find("lxcfs"), poll),
                AppArmor.load(instance, find("apparmor_parser")),
                List.of((_, _, _) -> failPoints.before("hook", "prepare")));
    }

    private static Path program(String name) {
        return find(name)
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "the program %s is not installed".formatted(name),
                        "install LXC: 'apt-get install lxc uidmap'"));
    }

    private static Optional<Path> find(String name) {
        return PROGRAM_DIRECTORIES.stream()
                .map(d -> Path.of(d, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path program(Path path) {
        if (!Files.isExecutable(path)) {
            throw new BerthException(ErrorCode.UNSUPPORTED, "%s is missing".formatted(path), "build it: 'bin/build'");
        }
        return path;
    }
}
