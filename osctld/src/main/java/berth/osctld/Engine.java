package berth.osctld;

import berth.engine.Instance;
import berth.engine.container.ContainerServices;
import berth.engine.doctor.Doctor;
import berth.engine.event.Events;
import berth.engine.group.Groups;
import berth.engine.health.HealthCheck;
import berth.engine.host.PoolGate;
import berth.engine.host.UserAdministration;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageBuilds;
import berth.engine.image.ImageStores;
import berth.engine.network.managed.Networks;
import berth.engine.operation.Locks;
import berth.engine.repository.Publisher;
import berth.engine.repository.Repositories;
import berth.engine.share.SharedDatasets;
import berth.engine.storage.Pools;
import berth.osctld.command.Services;

/** The engine's services as {@link Wiring} made them. */
record Engine(
        String version,
        Instance instance,
        Pools pools,
        PoolGate gate,
        UserStores users,
        UserAdministration userAdministration,
        Groups groups,
        ImageStores images,
        SharedDatasets shares,
        ImageBuilds imageBuilds,
        Networks networks,
        Repositories repositories,
        Publisher publisher,
        ContainerServices containers,
        HealthCheck health,
        Doctor doctor,
        Events events,
        Locks locks)
        implements Services {}
