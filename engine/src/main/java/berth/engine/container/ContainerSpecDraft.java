package berth.engine.container;

import berth.engine.confinement.Confinement;
import berth.engine.device.Device;
import berth.engine.isolation.Isolation;
import berth.engine.limit.Limits;
import berth.engine.mount.Mount;
import berth.engine.network.Netif;
import berth.engine.schedule.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A specification while it is changed: the fields of {@link ContainerSpec}, which checks them when it is made of them. */
final class ContainerSpecDraft {
    String id;
    String user;
    String group;
    String image;
    Distribution distribution;

    @Nullable
    String hostname;

    List<String> dnsResolvers;
    List<String> initCmd;

    @Nullable
    Autostart autostart;

    List<Netif> netifs;

    @Nullable
    Limits limits;

    List<Device> devices;
    List<Mount> mounts;

    @Nullable
    Confinement confinement;

    @Nullable
    Isolation isolation;

    @Nullable
    Schedule snapshots;

    ContainerSpecDraft(ContainerSpec spec) {
        id = spec.id();
        user = spec.user();
        group = spec.group();
        image = spec.image();
        distribution = spec.distribution();
        hostname = spec.hostname();
        dnsResolvers = spec.dnsResolvers();
        initCmd = spec.initCmd();
        autostart = spec.autostart();
        netifs = spec.netifs();
        limits = spec.limits();
        devices = spec.devices();
        mounts = spec.mounts();
        confinement = spec.confinement();
        isolation = spec.isolation();
        snapshots = spec.snapshots();
    }

    ContainerSpec spec() {
        return new ContainerSpec(
                id,
                user,
                group,
                image,
                distribution,
                hostname,
                dnsResolvers,
                initCmd,
                autostart,
                netifs,
                limits,
                devices,
                mounts,
                confinement,
                isolation,
                snapshots);
    }
}
