package berth.engine.health;

import berth.engine.container.Container;
import berth.engine.container.ContainerServices;
import berth.engine.container.Containers;
import berth.engine.group.Group;
import berth.engine.group.Groups;
import berth.engine.idmap.User;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.network.managed.Networks;
import berth.engine.share.SharedDatasets;
import berth.engine.storage.Datasets;
import berth.engine.storage.Pool;
import java.util.ArrayList;
import java.util.List;

/** Looks for what is broken or unusual. Changes nothing; safe for use by several threads. */
public final class HealthCheck {
    private static final String NO_POOL = "-";

    private final UserStores users;
    private final Groups groups;
    private final ImageStores images;
    private final SharedDatasets shares;
    private final Networks networks;
    private final Containers containers;
    private final ContainerHealth single;

    public HealthCheck(
            UserStores users,
            Groups groups,
            ImageStores images,
            Datasets datasets,
            SharedDatasets shares,
            Networks networks,
            ContainerServices services) {
        this.users = users;
        this.groups = groups;
        this.images = images;
        this.shares = shares;
        this.networks = networks;
        this.containers = services.containers();
        this.single = new ContainerHealth(
                users,
                groups,
                images,
                datasets,
                networks,
                services.devices(),
                services.datasets(),
                services.schedules());
    }

    /** What concerns {@code container}. */
    public List<Concern> of(Container container) {
        return single.of(container);
    }

    /** What concerns {@code pool} and all in it. */
    public List<Concern> of(Pool pool) {
        String why = pool.whyUnusable().orElse(null);
        if (why != null) {
            Concerns concerns = new Concerns(pool.name(), "pool " + pool.name());
            concerns.broken("it cannot be used: " + why, "osctl pool import %s".formatted(pool.name()));
            return concerns.all();
        }
        List<Concern> all = new ArrayList<>();
        for (User user : users.of(pool.name()).list()) {
            all.addAll(of(pool, user));
        }
        for (Group group : groups.of(pool.name())) {
            Concerns concerns = new Concerns(pool.name(), "group " + group.path());
            ContainerHealth.limits(groups.spec(group).ownLimits(), concerns);
            all.addAll(concerns.all());
        }
        Concerns found = new Concerns(pool.name(), "images");
        images.of(pool.name()).problems().forEach(p -> found.broken(p, "import the image again"));
        all.addAll(found.all());
        for (String name : containers.unreadable(pool.name())) {
            Concerns concerns = new Concerns(pool.name(), "container " + name);
            concerns.broken(
                    "its configuration cannot be read",
                    "mend its file in %s and import the pool anew".formatted(pool.configuration("ct")));
            all.addAll(concerns.all());
        }
        for (String id : shares.unreadable(pool.name())) {
            Concerns concerns = new Concerns(pool.name(), "dataset " + id);
            concerns.broken(
                    "its configuration cannot be read",
                    "mend its file in %s, give it the ending .yml again, and import the pool anew"
                            .formatted(pool.configuration("pool-dataset")));
            all.addAll(concerns.all());
        }
        containers.of(pool.name()).forEach(c -> all.addAll(of(c)));
        return all;
    }

    /** What concerns the managed networks. */
    public List<Concern> ofNetworks() {
        return networks.check().stream()
                .map(f -> new Concern(
                        NO_POOL,
                        f.about().equals("host") ? f.about() : "network " + f.about(),
                        Concern.Weight.BROKEN,
                        f.problem(),
                        f.advice()))
                .toList();
    }

    private List<Concern> of(Pool pool, User user) {
        Concerns concerns = new Concerns(pool.name(), "user " + user.name());
        if (!users.of(pool.name()).isRegistered(user)) {
            concerns.broken("its system account is missing", "restart osctld");
        }
        return concerns.all();
    }
}
