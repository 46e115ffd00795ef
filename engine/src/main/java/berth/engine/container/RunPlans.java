package berth.engine.container;

import berth.engine.Instance;
import berth.engine.group.Group;
import berth.engine.group.Groups;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.isolation.AppArmor;
import berth.engine.isolation.Isolation;
import berth.engine.isolation.RunIsolation;
import berth.engine.isolation.StandardSeccomp;
import berth.engine.runtime.HookProgram;
import berth.engine.runtime.MountStage;
import berth.engine.runtime.RunDirectory;
import berth.engine.runtime.RunPlan;
import berth.engine.storage.Datasets;
import berth.engine.storage.Ids;
import berth.engine.storage.Pool;
import berth.engine.storage.RootFilesystem;
import berth.engine.storage.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Works out, from what a container is, everything that its runtime and its storage driver need. */
final class RunPlans {
    private static final int NOBODY = 65_534;
    private static final List<String> DEFAULT_INIT = List.of("/sbin/init");

    private final Instance instance;
    private final UserStores users;
    private final Groups groups;
    private final ImageStores images;
    private final Datasets datasets;
    private final ContainerLog log;
    private final MountStage stage;
    private final AppArmor appArmor;

    RunPlans(
            Instance instance,
            UserStores users,
            Groups groups,
            ImageStores images,
            Datasets datasets,
            ContainerLog log,
            MountStage stage,
            AppArmor appArmor) {
        this.instance = instance;
        this.users = users;
        this.groups = groups;
        this.images = images;
        this.datasets = datasets;
        this.log = log;
        this.stage = stage;
        this.appArmor = appArmor;
    }

    /** What {@code container} runs as. One whose user is gone can still be stopped and deleted by it, but not started. */
    RunPlan of(Container container) {
        ContainerSpec spec = container.spec();
        Optional<User> user = users.of(container.id().pool()).known(spec.user());
        int rootGid = user.map(u -> (int) u.gidMap().root()).orElse(NOBODY);
        return new RunPlan(
                container.name(),
                new RunDirectory(lxcPath(container.id().pool()), container.name(), rootGid),
                user.map(u -> (int) u.ugid()).orElse(NOBODY),
                user.map(RunPlans::idmap).orElse(List.of()),
                cgroup(container),
                container.hostname(),
                spec.distribution().arch(),
                spec.initCmd().isEmpty() ? DEFAULT_INIT : spec.initCmd(),
                log.lxc(container),
                log.console(container),
                isolation(spec.ownIsolation()),
                HookProgram.command(instance),
                stage.of(container.id().pool(), container.name()),
                spec.ownConfinement());
    }

    /** As {@link #of}, for a run from another image: what its own init is says nothing about that. */
    RunPlan ofOtherImage(Container container) {
        return of(container).withInit(DEFAULT_INIT);
    }

    /** Its cgroup, relative to the hierarchies' roots. */
    String cgroup(Container container) {
        ContainerSpec spec = container.spec();
        return new Group(container.id().pool(), spec.group()).cgroup(instance.name()) + "/user." + spec.user() + "/ct."
                + container.name();
    }

    /** Fails for a container whose user or group is missing. @throws berth.engine.BerthException NOT_FOUND, naming it */
    void requireWhole(Container container) {
        user(container);
        groups.get(container.id().pool(), container.spec().group());
    }

    /** Its root file system as it is now. */
    RootFilesystem root(Container container) {
        return filesystem(
                container, datasets.of(container.id().pool(), container.name()).root());
    }

    /** One of its file systems. */
    RootFilesystem filesystem(Container container, Volume volume) {
        return filesystem(container.pool(), container.spec(), volume);
    }

    /** A file system of the container that is {@code spec}. */
    RootFilesystem filesystem(Pool pool, ContainerSpec spec, Volume volume) {
        return new RootFilesystem(
                pool.containers(),
                volume.tip(),
                volume.below(),
                volume.isRoot() ? images.tree(pool.name(), spec.image()) : pool.emptyTree(),
                ids(pool.name(), spec));
    }

    /** Whether the user of {@code container} is there, without which nothing of its files can be shown. */
    boolean hasUser(Container container) {
        return users.of(container.id().pool()).find(container.spec().user()).isPresent();
    }

    /** The host ids of what is {@code spec}. */
    Ids ids(String pool, ContainerSpec spec) {
        User user = users.of(pool).get(spec.user());
        return new Ids(user.uidMap(), user.gidMap());
    }

    /** Where what {@code container} changes is kept, also of one whose user is gone; empty if that cannot be read. */
    Optional<Path> tip(Container container) {
        return datasets.find(container.id().pool(), container.name())
                .map(d -> container.pool().containers().resolve(d.tip()));
    }

    User user(Container container) {
        return users.of(container.id().pool()).get(container.spec().user());
    }

    /** Where LXC finds the containers of {@code pool}. */
    Path lxcPath(String pool) {
        return instance.runDirectory().resolve("pool").resolve(pool).resolve("ct");
    }

    private RunIsolation isolation(Isolation isolation) {
        return new RunIsolation(
                isolation.nesting(),
                isolation.readOnlyRoot(),
                StandardSeccomp.file(instance),
                isolation.ownSeccomp(),
                appArmor.profile(isolation));
    }

    private static List<String> idmap(User user) {
        List<String> lines = new ArrayList<>();
        user.uidMap().mappings().forEach(m -> lines.add("u %d %d %d".formatted(m.inside(), m.outside(), m.count())));
        user.gidMap().mappings().forEach(m -> lines.add("g %d %d %d".formatted(m.inside(), m.outside(), m.count())));
        return lines;
    }
}
