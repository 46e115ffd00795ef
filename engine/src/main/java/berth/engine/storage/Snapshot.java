package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the file systems of a container held at one moment.
 *
 * @param name unique within its container
 * @param at when it was taken
 * @param by the user who asked for it
 * @param command the command line that asked for it
 * @param activity what the container was doing
 * @param layers the frozen layers that show its root file system, topmost first; at least one
 * @param volumes those of its further file systems, by their names; none if null
 * @param origin why it was taken; because somebody asked for it if null
 */
public record Snapshot(
        String name,
        Instant at,
        String by,
        String command,
        Activity activity,
        List<Layer> layers,
        @Nullable Map<String, List<Layer>> volumes,
        @Nullable Origin origin) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:+-]{0,99}");

    /** What a container was doing when its files were frozen. */
    public enum Activity {
        /** It was stopped: its files are as it left them. */
        STOPPED,
        /** It was suspended in the midst of its work: its files are as after a power cut, with nothing lost that was written. */
        SUSPENDED
    }

    /** Why a snapshot was taken. */
    public enum Origin {
        /** Somebody, or another command, wanted just this one: it stays until it is deleted. */
        ASKED,
        /** It was time for one: it goes when there are enough newer ones. */
        SCHEDULED
    }

    public Snapshot {
        requireName(name);
        layers = List.copyOf(layers);
        volumes = volumes == null ? Map.of() : new TreeMap<>(volumes);
        volumes.keySet().forEach(Volume::requireName);
        if (layers.isEmpty() || volumes.values().stream().anyMatch(List::isEmpty)) {
            throw new BerthException(ErrorCode.INVALID, "snapshot '%s' has no layers".formatted(name));
        }
    }

    /** The same, shown by other layers: those of each of its file systems, by their names, the root's among them. */
    public Snapshot on(Map<String, List<Layer>> others) {
        Map<String, List<Layer>> further = new TreeMap<>(others);
        List<Layer> root = Objects.requireNonNullElse(further.remove(Volume.ROOT), List.of());
        return new Snapshot(name, at, by, command, activity, root, further, origin);
    }

    /** Why it was taken; never null. */
    @Override
    public Origin origin() {
        return Objects.requireNonNullElse(origin, Origin.ASKED);
    }

    /** The same, shown by other layers: each by what {@code change} makes of it. */
    public Snapshot on(UnaryOperator<List<Layer>> change) {
        Map<String, List<Layer>> others = new TreeMap<>(volumes());
        others.replaceAll((_, stack) -> change.apply(stack));
        return new Snapshot(name, at, by, command, activity, change.apply(layers), others, origin);
    }

    /** Refuses a name that no snapshot can have. @throws BerthException INVALID */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a name for a snapshot".formatted(name),
                    "use up to 100 letters, digits and _ . : + -, starting with a letter or a digit");
        }
    }

    /** The layers of its further file systems, by their names; never null. */
    @Override
    public Map<String, List<Layer>> volumes() {
        return volumes == null ? Map.of() : volumes;
    }

    /** The layers of all its file systems, by their names: that of its root first. */
    public Map<String, List<Layer>> all() {
        Map<String, List<Layer>> all = new LinkedHashMap<>();
        all.put(Volume.ROOT, layers);
        all.putAll(volumes());
        return all;
    }

    /** The names of every layer it needs. */
    public Set<String> layerNames() {
        Set<String> names = new TreeSet<>();
        all().values().forEach(stack -> stack.forEach(l -> names.add(l.name())));
        return names;
    }
}
