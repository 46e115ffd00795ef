package berth.osctld.command;

import berth.engine.Instance;
import berth.engine.container.ContainerServices;
import berth.engine.event.Events;
import berth.engine.group.Groups;
import berth.engine.host.PoolGate;
import berth.engine.host.UserAdministration;
import berth.engine.idmap.UserStores;
import berth.engine.image.ImageStores;
import berth.engine.operation.Locks;
import berth.engine.storage.Pools;

/**
 * The engine's services that commands call.
 *
 * @param version of Berth
 * @param instance what this daemon owns on the host
 */
public record Services(
        String version,
        Instance instance,
        Pools pools,
        PoolGate gate,
        UserStores users,
        UserAdministration userAdministration,
        Groups groups,
        ImageStores images,
        ContainerServices containers,
        Events events,
        Locks locks) {}
