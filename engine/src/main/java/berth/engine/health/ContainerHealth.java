package berth.engine.health;

import berth.engine.BerthException;
import berth.engine.confinement.Confinement;
import berth.engine.confinement.GuestSysctl;
import berth.engine.confinement.Prlimit;
import berth.engine.container.Container;
import berth.engine.container.ContainerDatasets;
import berth.engine.container.ContainerDevices;
import berth.engine.container.ContainerState;
import berth.engine.container.SnapshotSchedules;
import berth.engine.device.Device;
import berth.engine.device.DeviceTree;
import berth.engine.group.Groups;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.limit.HostCapacity;
import berth.engine.limit.Limits;
import berth.engine.limit.Size;
import berth.engine.network.Netif;
import berth.engine.network.managed.Networks;
import berth.engine.storage.Dataset;
import berth.engine.storage.Datasets;
import berth.engine.storage.Volume;
import berth.linux.netlink.LinkId;
import berth.linux.netlink.RouteSocket;
import berth.linux.process.GuestSysctls;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimits;
import java.nio.file.Files;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks at single containers. */
record ContainerHealth(
        UserStores users,
        Groups groups,
        ImageStores images,
        Datasets datasets,
        Networks networks,
        ContainerDevices devices,
        ContainerDatasets volumes,
        SnapshotSchedules schedules) {
    /** Of its quota in percent. */
    private static final int NEARLY_FULL = 95;

    List<Concern> of(Container container) {
        Concerns concerns = new Concerns(container.id().pool(), "container " + container.name());
        if (container.state() == ContainerState.ERROR) {
            concerns.broken("what it is doing cannot be found out", "osctl ct log cat %s".formatted(container.name()));
        }
        whole(container, concerns);
        layers(container, concerns);
        quotas(container, concerns);
        links(container, concerns);
        limits(container.spec().ownLimits(), concerns);
        confinement(container, concerns);
        schedules
                .failure(container)
                .ifPresent(f -> concerns.broken(
                        "its scheduled snapshot failed at %s: %s"
                                .formatted(f.at().truncatedTo(ChronoUnit.SECONDS), f.reason()),
                        "osctl ct log cat %s".formatted(container.name())));
        return concerns.all();
    }

    /** Limits that no host like this can hold, for instance after it lost memory. */
    static void limits(Limits limits, Concerns concerns) {
        try {
            HostCapacity.now().requireFor(Limits.NONE, limits);
        } catch (BerthException e) {
            concerns.unusual(String.valueOf(e.getMessage()), e.hint().orElse(""));
        }
    }

    private void whole(Container container, Concerns concerns) {
        String pool = container.id().pool();
        String name = container.spec().user();
        Optional<User> user = users.of(pool).find(name);
        if (user.isEmpty() && users.of(pool).known(name).isPresent()) {
            concerns.broken(
                    "others have ids of its user '%s': it cannot be started".formatted(name),
                    "stop it, then 'osctl pool export %1$s' and 'osctl pool import %1$s'".formatted(pool));
        } else if (user.isEmpty()) {
            concerns.broken("its user '%s' is gone: it cannot be started".formatted(name), "osctl user new --help");
        } else if (!users.of(pool).isRegistered(user.get())) {
            concerns.broken("the system account of its user '%s' is missing".formatted(name), "restart osctld");
        }
        if (groups.find(pool, container.spec().group()).isEmpty()) {
            concerns.broken(
                    "its group %s is gone: it cannot be started"
                            .formatted(container.spec().group()),
                    "osctl group new %s".formatted(container.spec().group()));
        } else {
            unheldDevices(container, concerns);
        }
        if (images.of(pool).find(container.spec().image()).isEmpty()) {
            concerns.broken(
                    "the image it stands on, %.12s, is gone: it cannot be started"
                            .formatted(container.spec().image()),
                    "import the same image again, or restore its directory from a backup");
        }
    }

    private void unheldDevices(Container container, Concerns concerns) {
        DeviceTree tree = devices.of(container);
        for (Device device : container.spec().devices()) {
            tree.lacking(device).stream()
                    .findFirst()
                    .ifPresent(level -> concerns.unusual(
                            "it cannot use all of %s: %s does not have it".formatted(device, level.owner()),
                            "osctl ct devices promote --help"));
        }
    }

    private void layers(Container container, Concerns concerns) {
        Dataset dataset = datasets.find(container.id().pool(), container.name()).orElse(null);
        if (dataset == null) {
            concerns.broken(
                    "what its root file system is made of cannot be read",
                    "mend its file in %s".formatted(container.pool().configuration("dataset")));
            return;
        }
        dataset.layers().stream()
                .filter(l -> !Files.isDirectory(container.pool().containers().resolve(l)))
                .forEach(l -> concerns.broken(
                        "its layer %s is gone".formatted(l),
                        "restore %s from a backup"
                                .formatted(container.pool().containers().resolve(l))));
    }

    private void quotas(Container container, Concerns concerns) {
        volumes.of(container).stream()
                .filter(v -> v.bound().isPresent())
                .forEach(v -> quota(container, v, v.bound().getAsLong(), concerns));
    }

    private void quota(Container container, Volume volume, long bound, Concerns concerns) {
        String what = volume.isRoot() ? "its root file system" : "its dataset " + volume.name();
        OptionalLong counted = volumes.counted(container, volume);
        if (counted.isEmpty()) {
            concerns.unusual(
                    "the quota of %s is not kept: its pool does not count what it takes".formatted(what),
                    "mount the pool's file system with project quotas");
        } else if (counted.getAsLong() * 100.0 / bound >= NEARLY_FULL) {
            concerns.unusual(
                    "%s has used %.0f %% of its quota of %s"
                            .formatted(what, counted.getAsLong() * 100.0 / bound, new Size(bound)),
                    "osctl ct dataset set quota %s %s SIZE".formatted(container.name(), volume.name()));
        }
    }

    private void links(Container container, Concerns concerns) {
        for (Netif netif : container.spec().netifs()) {
            String link = netif.link();
            boolean lost = link != null
                    && networks.find(link).isEmpty()
                    // What is lent is inside while it runs.
                    && container.state() == ContainerState.STOPPED
                    && !exists(link);
            if (lost) {
                concerns.broken(
                        "the link %s of its interface %s does not exist".formatted(link, netif.name()),
                        "make it, or 'osctl ct netif set --link LINK %s %s'".formatted(container.name(), netif.name()));
            }
        }
    }

    private static boolean exists(String link) {
        try (RouteSocket host = RouteSocket.open()) {
            return host.link(LinkId.of(link)).isPresent();
        }
    }

    private static void confinement(Container container, Concerns concerns) {
        Confinement confinement = container.spec().ownConfinement();
        for (String line : confinement.rawLxc()) {
            concerns.unusual(
                    "a line of its own reaches LXC: %s".formatted(line),
                    "osctl ct unset raw lxc %s".formatted(container.name()));
        }
        confinement.prlimits().forEach((name, wanted) -> {
            Resource resource = Prlimit.resource(name);
            if (!ResourceLimits.attainable(resource, wanted.limit()).equals(wanted.limit())) {
                concerns.unusual(
                        "its %s of %s is more than osctld may give".formatted(name, wanted),
                        "let osctld have more, or 'osctl ct prlimits set %s %s'".formatted(container.name(), name));
            }
        });
        container
                .initPid()
                .ifPresent(init -> confinement.sysctls().keySet().stream()
                        .filter(key ->
                                GuestSysctls.read(init, GuestSysctl.path(key)).isEmpty())
                        .forEach(key -> concerns.unusual(
                                "the kernel has no setting %s for it".formatted(key),
                                "osctl ct unset sysctl %s %s".formatted(container.name(), key))));
    }
}
