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

/** An engine for commands that do not need one. */
final class NoEngine implements Services {
    private static UnsupportedOperationException missing() {
        return new UnsupportedOperationException("this test has no engine");
    }

    @Override
    public String version() {
        return "1.2";
    }

    @Override
    public Instance instance() {
        return Instance.of("test");
    }

    @Override
    public Pools pools() {
        throw missing();
    }

    @Override
    public PoolGate gate() {
        throw missing();
    }

    @Override
    public UserStores users() {
        throw missing();
    }

    @Override
    public UserAdministration userAdministration() {
        throw missing();
    }

    @Override
    public SharedDatasets shares() {
        throw missing();
    }

    @Override
    public ImageBuilds imageBuilds() {
        throw missing();
    }

    @Override
    public HealthCheck health() {
        throw missing();
    }

    @Override
    public Doctor doctor() {
        throw missing();
    }

    @Override
    public Events events() {
        throw missing();
    }

    @Override
    public Locks locks() {
        throw missing();
    }

    @Override
    public Groups groups() {
        throw missing();
    }

    @Override
    public ImageStores images() {
        throw missing();
    }

    @Override
    public Repositories repositories() {
        throw missing();
    }

    @Override
    public Publisher publisher() {
        throw missing();
    }

    @Override
    public Networks networks() {
        throw missing();
    }

    @Override
    public ContainerServices containers() {
        throw missing();
    }
}
