package berth.osctld.command;

import berth.engine.Instance;
import berth.engine.container.ContainerServices;
import berth.engine.group.Groups;
import berth.engine.host.PoolGate;
import berth.engine.image.ImageStores;
import berth.engine.storage.Pools;

/**
 * The engine's services that commands call.
 *
 * @param version of Berth
 * @param instance that this daemon is
 */
public record Services(
        String version,
        Instance instance,
        Pools pools,
        PoolGate gate,
        Groups groups,
        ImageStores images,
        ContainerServices containers) {}
