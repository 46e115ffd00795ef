package berth.engine.device;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.device.DeviceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The devices of one node of the tree of groups and containers, and of those above it. What a node has is what was added to it,
 * and what it inherits and was not added; the outermost inherits the usual devices. A node never has what one above it lacks.
 */
public final class DeviceTree {
    /** What the root group of every pool inherits. */
    private static final List<Device> USUAL = List.of(
            usual("1", "3", "/dev/null"),
            usual("1", "5", "/dev/zero"),
            usual("1", "7", "/dev/full"),
            usual("1", "8", "/dev/random"),
            usual("1", "9", "/dev/urandom"),
            usual("5", "0", "/dev/tty"),
            usual("5", "1", null),
            usual("5", "2", null),
            usual("136", "*", null),
            usual("10", "229", "/dev/fuse"),
            usual("10", "200", "/dev/net/tun"),
            new Device(DeviceType.CHAR, "*", "*", "m", null, true),
            new Device(DeviceType.BLOCK, "*", "*", "m", null, true));

    private final List<Level> levels;

    /**
     * One node.
     *
     * @param owner for instance {@code group /web}
     * @param own what was added to it
     */
    public record Level(String owner, List<Device> own) {}

    /**
     * A device that a node has.
     *
     * @param inherited whether it is not its own
     */
    public record Entry(Device device, boolean inherited) {}

    /** Of {@code levels}, the outermost first; the last one is the node itself. */
    public DeviceTree(List<Level> levels) {
        this.levels = List.copyOf(levels);
    }

    /** What the node has. */
    public List<Entry> entries() {
        List<Entry> entries = below(List.of(), USUAL);
        for (Level level : levels) {
            entries = below(entries, level.own());
        }
        return entries;
    }

    /** The node that holds it. */
    public DeviceTree above() {
        return new DeviceTree(levels.subList(0, levels.size() - 1));
    }

    /** What it may really use: of what it has, as much as every node above has too. */
    public List<Device> allowed() {
        List<Device> allowed = new ArrayList<>();
        for (Entry entry : entries()) {
            String mode = covered(entry.device());
            if (!mode.isEmpty()) {
                allowed.add(entry.device().withMode(mode));
            }
        }
        return allowed;
    }

    /** The one that is the same as {@code device}, if the node has it. */
    public Optional<Entry> find(Device device) {
        return entries().stream().filter(e -> e.device().isSame(device)).findFirst();
    }

    /** Refuses {@code device} if a node above lacks it. @throws BerthException INVALID, naming the outermost such node */
    public void requireAbove(Device device) {
        lacking(device).stream().findFirst().ifPresent(level -> {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "%s does not have %s %s, which lies above"
                            .formatted(level.owner(), device, device.mode().isEmpty() ? "" : device.mode()),
                    "add it there first, or add --parents");
        });
    }

    /** The nodes above that lack {@code device}, the outermost first. */
    public List<Level> lacking(Device device) {
        List<Level> lacking = new ArrayList<>();
        for (int i = 0; i < levels.size() - 1; i++) {
            DeviceTree above = new DeviceTree(levels.subList(0, i + 1));
            if (!common(device.mode(), above.modeOf(device)).equals(device.mode())) {
                lacking.add(levels.get(i));
            }
        }
        return lacking;
    }

    private String covered(Device device) {
        String mode = device.mode();
        for (int i = 0; i < levels.size() - 1; i++) {
            mode = common(mode, new DeviceTree(levels.subList(0, i + 1)).modeOf(device));
        }
        return mode;
    }

    /** What may be done with all of {@code device} by what the node has. */
    private String modeOf(Device device) {
        StringBuilder modes = new StringBuilder();
        entries().stream().map(Entry::device).filter(d -> d.covers(device)).forEach(d -> modes.append(d.mode()));
        return modes.toString();
    }

    private static List<Entry> below(List<Entry> above, List<Device> own) {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : above) {
            Device device = entry.device();
            if (device.inherit() && own.stream().noneMatch(device::isSame)) {
                entries.add(new Entry(device, true));
            }
        }
        own.forEach(device -> entries.add(new Entry(device, false)));
        return entries;
    }

    private static String common(String mode, String other) {
        StringBuilder common = new StringBuilder();
        mode.chars().filter(c -> other.indexOf(c) >= 0).forEach(c -> common.append((char) c));
        return common.toString();
    }

    private static Device usual(String major, String minor, @Nullable String name) {
        return new Device(DeviceType.CHAR, major, minor, "rwm", name, true);
    }
}
