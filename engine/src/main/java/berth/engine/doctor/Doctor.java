package berth.engine.doctor;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import berth.linux.KernelException;
import berth.linux.cgroup.CgroupHost;
import berth.linux.sysctl.Sysctls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** Examines the host, and raises what is too low. Safe for use by several threads. */
public final class Doctor {
    private static final long MOST_CONTAINERS = 1_000_000;
    private static final Path DIRECTORY = Path.of("/etc/sysctl.d");

    private final CgroupHost cgroups;
    private final Function<String, Optional<Path>> finder;
    private final SettingsFile file;

    /**
     * @param finder finds a program by its name
     */
    public Doctor(Instance instance, CgroupHost cgroups, Function<String, Optional<Path>> finder) {
        this.cgroups = cgroups;
        this.finder = finder;
        this.file = new SettingsFile(DIRECTORY.resolve("60-%s.conf".formatted(instance.name())));
    }

    /** The file by which settings are raised again when the host boots. */
    public Path file() {
        return file.path();
    }

    /** All that {@code containers} containers need of this host, and how it is. @throws BerthException INVALID for no such number */
    public List<Symptom> examine(long containers) {
        require(containers);
        List<Symptom> symptoms = new ArrayList<>(KernelFeatures.examine(cgroups));
        HostProgram.ALL.forEach(p -> symptoms.add(p.symptom(finder.apply(p.name()))));
        for (Setting setting : Setting.ALL) {
            setting.value().ifPresent(value -> symptoms.add(setting.symptom(value, containers)));
        }
        return symptoms;
    }

    /**
     * Raises each setting that is too low for {@code containers} containers, now and for every boot of the host; none is lowered.
     *
     * @return what was raised, with the values that hold now
     * @throws BerthException FAILED if the kernel refuses some; the others are raised
     */
    public Map<String, Long> fix(long containers) {
        require(containers);
        Map<String, Long> raised = new TreeMap<>();
        List<String> refused = new ArrayList<>();
        for (Setting setting : Setting.ALL) {
            long wanted = setting.wanted(containers);
            OptionalLong value = setting.value();
            if (value.isPresent() && value.getAsLong() < wanted) {
                try {
                    Sysctls.write(setting.path(), Long.toString(wanted));
                    raised.put(setting.name(), wanted);
                } catch (KernelException e) {
                    refused.add("%s to %d (%s)".formatted(setting.name(), wanted, e.reason()));
                }
            }
        }
        if (!raised.isEmpty()) {
            file.raise(raised);
        }
        if (!refused.isEmpty()) {
            throw new BerthException(
                    ErrorCode.FAILED,
                    "the kernel does not let these be raised: %s".formatted(String.join(", ", refused)),
                    "the others are as they should be; see what confines osctld");
        }
        return raised;
    }

    private static void require(long containers) {
        if (containers < 1 || containers > MOST_CONTAINERS) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%d is no number of containers".formatted(containers),
                    "give 1 to %d".formatted(MOST_CONTAINERS));
        }
    }
}
