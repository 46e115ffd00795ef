package berth.osctld.command;

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

/** The engine's services that commands call. */
public interface Services {
    /** Version of Berth. */
    String version();

    /** What this daemon owns on the host. */
    Instance instance();

    /** The pools. */
    Pools pools();

    /** Where pools come and go. */
    PoolGate gate();

    /** The users and id ranges of every pool. */
    UserStores users();

    /** Where users come and go. */
    UserAdministration userAdministration();

    /** The groups of every pool. */
    Groups groups();

    /** The images of every pool. */
    ImageStores images();

    /** The datasets that belong to pools. */
    SharedDatasets shares();

    /** Makes images. */
    ImageBuilds imageBuilds();

    /** The managed networks. */
    Networks networks();

    /** Where images come from. */
    Repositories repositories();

    /** Where images are offered to others. */
    Publisher publisher();

    /** Everything around containers. */
    ContainerServices containers();

    /** Looks for what is broken or unusual. */
    HealthCheck health();

    /** Knows what the host lacks. */
    Doctor doctor();

    /** What happens on the host. */
    Events events();

    /** Who holds what. */
    Locks locks();
}
