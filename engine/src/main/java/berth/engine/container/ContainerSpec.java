package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.confinement.Confinement;
import berth.engine.device.Device;
import berth.engine.isolation.Isolation;
import berth.engine.limit.Limits;
import berth.engine.mount.Mount;
import berth.engine.network.Netif;
import berth.engine.schedule.Schedule;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a container is, as its administrator wants it; what it is doing is {@link Container#state()}.
 *
 * @param id unique within its pool
 * @param user the user whose id map it runs with
 * @param group the group it lives in, a path such as {@code /default}
 * @param image the image its root file system stands on, 64 hex digits
 * @param distribution what that image holds
 * @param hostname the host name its init starts with; its id if null
 * @param dnsResolvers IP addresses for its resolv.conf; its own file is left alone if empty
 * @param initCmd the program that becomes its process 1, and its arguments; {@code /sbin/init} if empty
 * @param autostart whether and when it starts with the host
 * @param netifs its network interfaces beside lo
 * @param limits what it may use of the machine; nothing is limited if null
 * @param devices those that were added to it, beside those that it inherits
 * @param mounts what is mounted in it beside its root file system
 * @param confinement what its processes are confined to beside that; nothing but what is usual if null
 * @param isolation what of its isolation was chosen; the usual one if null
 * @param snapshots when snapshots of it are taken by themselves; as its group and pool say if null
 */
public record ContainerSpec(
        String id,
        String user,
        String group,
        String image,
        Distribution distribution,
        @Nullable String hostname,
        @Nullable List<String> dnsResolvers,
        @Nullable List<String> initCmd,
        @Nullable Autostart autostart,
        @Nullable List<Netif> netifs,
        @Nullable Limits limits,
        @Nullable List<Device> devices,
        @Nullable List<Mount> mounts,
        @Nullable Confinement confinement,
        @Nullable Isolation isolation,
        @Nullable Schedule snapshots) {
    private static final int MAX_HOSTNAME = 64;
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern HOSTNAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    public ContainerSpec {
        dnsResolvers = dnsResolvers == null ? List.of() : List.copyOf(dnsResolvers);
        initCmd = initCmd == null ? List.of() : List.copyOf(initCmd);
        netifs = netifs == null ? List.of() : List.copyOf(netifs);
        devices = devices == null ? List.of() : List.copyOf(devices);
        mounts = mounts == null ? List.of() : List.copyOf(mounts);
        if (hostname != null
                && (hostname.length() > MAX_HOSTNAME
                        || !HOSTNAME.matcher(hostname).matches())) {
            throw invalid(
                    "'%s' is not a host name".formatted(hostname), "use letters, digits, - and ., up to 64 of them");
        }
        dnsResolvers.stream().filter(a -> !isAddress(a)).findFirst().ifPresent(a -> {
            throw invalid("'%s' is not an IP address".formatted(a), "name DNS resolvers by their addresses");
        });
        if (!initCmd.isEmpty() && !initCmd.getFirst().startsWith("/")) {
            throw invalid(
                    "init '%s' is not an absolute path".formatted(initCmd.getFirst()),
                    "start it with /, as the container sees it");
        }
        initCmd.stream().filter(ContainerSpec::cannotBeQuoted).findFirst().ifPresent(a -> {
            throw invalid(
                    "the init argument '%s' holds a line break or both kinds of quotes".formatted(a),
                    "put such a command into a script inside the container");
        });
    }

    /** The resolvers; never null. */
    @Override
    public List<String> dnsResolvers() {
        return dnsResolvers == null ? List.of() : dnsResolvers;
    }

    /** The init command; never null, empty for the default. */
    @Override
    public List<String> initCmd() {
        return initCmd == null ? List.of() : initCmd;
    }

    /** The interfaces; never null. */
    @Override
    public List<Netif> netifs() {
        return netifs == null ? List.of() : netifs;
    }

    /** Its host name, or empty for the default. */
    public Optional<String> chosenHostname() {
        return Optional.ofNullable(hostname);
    }

    /** When it starts by itself, or empty if it does not. */
    public Optional<Autostart> chosenAutostart() {
        return Optional.ofNullable(autostart);
    }

    /** Its limits, none if it has none of its own. */
    public Limits ownLimits() {
        return Objects.requireNonNullElse(limits, Limits.NONE);
    }

    /** What its processes are confined to beside its limits. */
    public Confinement ownConfinement() {
        return Objects.requireNonNullElse(confinement, Confinement.USUAL);
    }

    /** The devices of its own; never null. */
    @Override
    public List<Device> devices() {
        return devices == null ? List.of() : devices;
    }

    /** Its mounts; never null. */
    @Override
    public List<Mount> mounts() {
        return mounts == null ? List.of() : mounts;
    }

    /** What of its isolation was chosen. */
    public Isolation ownIsolation() {
        return Objects.requireNonNullElse(isolation, Isolation.USUAL);
    }

    /** One that has nothing but what every container has. */
    static ContainerSpec plain(String id, String user, String group, String image, Distribution distribution) {
        return new ContainerSpec(
                id,
                user,
                group,
                image,
                distribution,
                null,
                List.of(),
                List.of(),
                null,
                List.of(),
                null,
                List.of(),
                List.of(),
                null,
                null,
                null);
    }

    public ContainerSpec withHostname(@Nullable String value) {
        return changed(draft -> draft.hostname = value);
    }

    public ContainerSpec withDnsResolvers(List<String> value) {
        return changed(draft -> draft.dnsResolvers = value);
    }

    public ContainerSpec withInitCmd(List<String> value) {
        return changed(draft -> draft.initCmd = value);
    }

    public ContainerSpec withAutostart(@Nullable Autostart value) {
        return changed(draft -> draft.autostart = value);
    }

    public ContainerSpec withDistribution(Distribution value) {
        return changed(draft -> draft.distribution = value);
    }

    /** Standing on another image, which holds that distribution. */
    ContainerSpec onImage(String value, Distribution held) {
        return changed(draft -> {
            draft.image = value;
            draft.distribution = held;
        });
    }

    public ContainerSpec withNetifs(List<Netif> value) {
        return changed(draft -> draft.netifs = value);
    }

    public ContainerSpec withLimits(Limits value) {
        return changed(draft -> draft.limits = value.equals(Limits.NONE) ? null : value);
    }

    public ContainerSpec withDevices(List<Device> value) {
        return changed(draft -> draft.devices = value);
    }

    public ContainerSpec withMounts(List<Mount> value) {
        return changed(draft -> draft.mounts = value);
    }

    public ContainerSpec withConfinement(Confinement value) {
        return changed(draft -> draft.confinement = value.equals(Confinement.USUAL) ? null : value);
    }

    public ContainerSpec withIsolation(Isolation value) {
        return changed(draft -> draft.isolation = value.equals(Isolation.USUAL) ? null : value);
    }

    public ContainerSpec withSnapshots(@Nullable Schedule value) {
        return changed(draft -> draft.snapshots = value);
    }

    public ContainerSpec withUser(String value) {
        return changed(draft -> draft.user = value);
    }

    /** The same in another group. */
    ContainerSpec withGroup(String value) {
        return changed(draft -> draft.group = value);
    }

    /** The same under another id. */
    ContainerSpec withId(String value) {
        return changed(draft -> draft.id = value);
    }

    /**
     * What a copy of it named {@code copy} is at first: what there can only be one of, it has not, that is the host name and the
     * interfaces with their addresses; nor does it start by itself.
     */
    public ContainerSpec forCopy(String copy) {
        return changed(draft -> {
            draft.id = copy;
            draft.hostname = null;
            draft.autostart = null;
            draft.netifs = List.of();
        });
    }

    /** As {@link #forCopy(String)}; of a copy without datasets without their mounts. */
    ContainerSpec forCopy(String copy, WithDatasets datasets) {
        ContainerSpec spec = forCopy(copy);
        return datasets == WithDatasets.ALL
                ? spec
                : spec.withMounts(
                        mounts().stream().filter(m -> m.ownDataset().isEmpty()).toList());
    }

    private ContainerSpec changed(Consumer<ContainerSpecDraft> change) {
        ContainerSpecDraft draft = new ContainerSpecDraft(this);
        change.accept(draft);
        return draft.spec();
    }

    private static boolean isAddress(String text) {
        try {
            boolean six = text.contains(":");
            if (!six && !DOTTED.matcher(text).matches()) {
                return false;
            }
            return (six ? Inet6Address.ofLiteral(text) : Inet4Address.ofLiteral(text)) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean cannotBeQuoted(String argument) {
        return argument.chars().anyMatch(c -> c < ' ') || (argument.contains("\"") && argument.contains("'"));
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
