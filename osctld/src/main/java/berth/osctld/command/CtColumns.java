package berth.osctld.command;

import berth.engine.confinement.Capabilities;
import berth.engine.container.Autostart;
import berth.engine.container.Boot;
import berth.engine.container.Container;
import berth.engine.container.ContainerLimits;
import berth.engine.container.ContainerSpec;
import berth.engine.container.ContainerUsage;
import berth.engine.group.Group;
import berth.engine.storage.Volume;
import berth.linux.cgroup.CpuUsage;
import berth.osctld.output.Colour;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a container. */
final class CtColumns {
    private static final Map<Object, Colour> COLOURS =
            Map.of("running", Colour.GREEN, "frozen", Colour.YELLOW, "error", Colour.RED);

    private CtColumns() {}

    /** The fields, some of which the kernel is asked for when they are shown. */
    static Columns<Container> of(Services services) {
        ContainerUsage usage = services.containers().usage();
        ContainerLimits limits = services.containers().limits();
        var columns = Columns.<Container>builder()
                .usual("pool", c -> c.id().pool())
                .usual("id", Container::name)
                .usual("user", c -> c.spec().user())
                .usual("group", c -> c.spec().group())
                .usual("distribution", c -> c.spec().distribution().name())
                .usual("version", c -> c.spec().distribution().version())
                .coloured("state", c -> c.state().word(), s -> COLOURS.getOrDefault(s, Colour.NONE))
                .usual("init_pid", Kind.NUMBER, Container::initPid)
                .usual("memory", Kind.BYTES, usage::memory)
                .usual("cpu_us", Kind.MICROSECONDS, c -> usage.cpu(c).map(CpuUsage::total))
                .more("cpu_user_us", Kind.MICROSECONDS, c -> usage.cpu(c).map(CpuUsage::user))
                .more("cpu_system_us", Kind.MICROSECONDS, c -> usage.cpu(c).map(CpuUsage::system))
                .more("nproc", Kind.NUMBER, usage::tasks)
                .more("arch", c -> c.spec().distribution().arch())
                .more("image", c -> c.spec().image())
                .more("boot_image", c -> c.boot().map(Boot::image))
                .more("dataset", usage::dataset)
                .more("layers", Kind.NUMBER, services.containers().merging()::depth)
                .more("rootfs", usage::rootfs)
                .more("lxc_path", usage::lxcPath)
                .more("group_path", c -> groupPath(services, c))
                .more("cgroup_path", usage::cgroupPath)
                .more("log_path", c -> services.containers().log().path(c))
                .more("started", Kind.TIME, Container::since)
                .more("autostart", Kind.FLAG, c -> c.spec().chosenAutostart().isPresent())
                .more(
                        "autostart_priority",
                        Kind.NUMBER,
                        c -> c.spec().chosenAutostart().map(Autostart::priority))
                .more(
                        "autostart_delay",
                        Kind.NUMBER,
                        c -> c.spec().chosenAutostart().map(Autostart::delay))
                .more("hostname", Container::hostname)
                .more("dns_resolvers", Kind.LIST, c -> c.spec().dnsResolvers())
                .more("init_cmd", Kind.LIST, c -> initCommand(c.spec()))
                .more("view", services.containers().views()::of)
                .more(
                        "quota",
                        Kind.BYTES,
                        c -> root(services, c)
                                .flatMap(v -> v.bound().stream().boxed().findFirst()))
                .more(
                        "quota_used",
                        Kind.BYTES,
                        c -> root(services, c)
                                .filter(v -> v.bound().isPresent())
                                .flatMap(v -> services.containers().datasets().counted(c, v).stream()
                                        .boxed()
                                        .findFirst()))
                .more("missing_mounts", Kind.LIST, services.containers().mounts()::missing)
                .more("prlimits", Kind.LIST, c -> c.spec().ownConfinement().prlimits())
                .more("sysctls", Kind.LIST, c -> c.spec().ownConfinement().sysctls())
                .more("capabilities", Kind.LIST, c -> capabilities(c.spec()))
                .more("raw_lxc", Kind.LIST, c -> c.spec().ownConfinement().rawLxc())
                .more("nesting", Kind.FLAG, c -> c.spec().ownIsolation().nesting())
                .more("read_only_root", Kind.FLAG, c -> c.spec().ownIsolation().readOnlyRoot())
                .more("seccomp_profile", c -> services.containers().isolation().seccompName(c))
                .more("apparmor_profile", c -> services.containers().isolation().appArmor(c))
                .more("revision", Kind.NUMBER, c -> c.revision().number())
                .more("changed", Kind.TIME, c -> c.revision().change().at());
        return LimitColumns.add(columns, c -> c.spec().ownLimits(), limits::effective, limits::statistics)
                .build();
    }

    private static Optional<Volume> root(Services services, Container container) {
        return services.containers().datasets().of(container).stream().findFirst();
    }

    private static Map<String, List<String>> capabilities(ContainerSpec spec) {
        return spec.ownConfinement()
                .chosenCapabilities()
                .map(c -> c.keep().isEmpty() ? Map.of("drop", c.drop()) : Map.of("keep", c.keep()))
                .orElseGet(() -> Map.of("drop", Capabilities.NEVER));
    }

    private static Object initCommand(ContainerSpec spec) {
        return spec.initCmd().isEmpty() ? List.of("/sbin/init") : spec.initCmd();
    }

    private static String groupPath(Services services, Container container) {
        return new Group(container.id().pool(), container.spec().group())
                .cgroup(services.instance().name());
    }
}
