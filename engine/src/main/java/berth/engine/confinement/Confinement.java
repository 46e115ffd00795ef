package berth.engine.confinement;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.process.Resource;
import berth.linux.process.ResourceLimits;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of one container are confined to beside its limits.
 *
 * @param prlimits by the name of the resource; what is not named is as on the host, {@code nofile} as {@link Prlimit#FILES}
 * @param sysctls settings of its namespaces by their keys, such as {@code net.ipv4.ip_forward}
 * @param capabilities which of them its processes can have; the usual ones if null
 * @param rawLxc lines for LXC's configuration
 */
public record Confinement(
        @Nullable Map<String, Prlimit> prlimits,
        @Nullable Map<String, String> sysctls,
        @Nullable Capabilities capabilities,
        @Nullable List<String> rawLxc) {
    /** Nothing but what is usual. */
    public static final Confinement USUAL = new Confinement(null, null, null, null);

    public Confinement {
        prlimits = prlimits == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(prlimits));
        sysctls = sysctls == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(sysctls));
        rawLxc = rawLxc == null ? List.of() : List.copyOf(rawLxc);
        prlimits.keySet().forEach(Prlimit::resource);
        sysctls.forEach(GuestSysctl::require);
        rawLxc.forEach(RawLxc::require);
    }

    /** The resource limits; never null. */
    @Override
    public Map<String, Prlimit> prlimits() {
        return prlimits == null ? Map.of() : prlimits;
    }

    /** The settings; never null. */
    @Override
    public Map<String, String> sysctls() {
        return sysctls == null ? Map.of() : sysctls;
    }

    /** The lines; never null. */
    @Override
    public List<String> rawLxc() {
        return rawLxc == null ? List.of() : rawLxc;
    }

    /** Which capabilities its processes can have, if not the usual ones. */
    public Optional<Capabilities> chosenCapabilities() {
        return Optional.ofNullable(capabilities);
    }

    /** What each process may have of {@code resource}; empty if that is as on the host. */
    public Optional<Prlimit> prlimit(Resource resource) {
        Prlimit usual = resource == Resource.NOFILE ? Prlimit.FILES : null;
        return Optional.ofNullable(prlimits().getOrDefault(resource.word(), usual));
    }

    /** With {@code limit} of {@code resource}. @throws BerthException INVALID for more files than the kernel knows */
    public Confinement with(Resource resource, Prlimit limit) {
        long most = resource == Resource.NOFILE ? ResourceLimits.mostFiles() : Long.MAX_VALUE;
        if (limit.hard().value() > most) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%s files are more than the %d that this host lets any process have".formatted(limit.hard(), most),
                    "give less, or raise it: 'sysctl fs.nr_open=%d'".formatted(2 * most));
        }
        Map<String, Prlimit> all = new TreeMap<>(prlimits());
        all.put(resource.word(), limit);
        return new Confinement(all, sysctls, capabilities, rawLxc);
    }

    /** Without a limit of {@code resource} of its own. */
    public Confinement without(Resource resource) {
        Map<String, Prlimit> all = new TreeMap<>(prlimits());
        all.remove(resource.word());
        return new Confinement(all, sysctls, capabilities, rawLxc);
    }

    /** With these settings beside, or in place of, those that it has. */
    public Confinement withSysctls(Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(sysctls());
        all.putAll(settings);
        return new Confinement(prlimits, all, capabilities, rawLxc);
    }

    /** Without the settings {@code keys}, all of which it has. */
    public Confinement withoutSysctls(List<String> keys) {
        Map<String, String> all = new TreeMap<>(sysctls());
        keys.forEach(all::remove);
        return new Confinement(prlimits, all, capabilities, rawLxc);
    }

    public Confinement withCapabilities(@Nullable Capabilities value) {
        return new Confinement(prlimits, sysctls, value, rawLxc);
    }

    public Confinement withRawLxc(List<String> lines) {
        return new Confinement(prlimits, sysctls, capabilities, lines);
    }
}
