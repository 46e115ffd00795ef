package berth.osctld.command;

import berth.engine.Instance;
import berth.engine.container.ContainerServices;
import berth.engine.group.Groups;
import berth.engine.host.PoolGate;
import berth.engine.image.ImageStores;
import berth.engine.storage.Pools;

/** The engine's services that commands call. */
public interface Services {
    /** Version of Berth. */
    String version();

    /** What this daemon is. */
    Instance instance();

    /** The pools. */
    Pools pools();

    /** Where pools come and go. */
    PoolGate gate();

    /** The groups of every pool. */
    Groups groups();

    /** The images of every pool. */
    ImageStores images();

    /** Everything around containers. */
    ContainerServices containers();
}
