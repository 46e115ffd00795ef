package berth.engine.storage;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One of a container's file systems: that of its root, or a further one, which users call a dataset. A further one stands on an
 * empty tree.
 *
 * @param name {@link #ROOT}, or what its container calls it: names with {@code /} between, each beneath the one before
 * @param tip the layer that takes its changes
 * @param below the frozen layers beneath the tip, topmost first
 * @param quota the most bytes that it may take; null if there is no bound
 */
public record Volume(
        String name,
        String tip,
        List<Layer> below,
        @Nullable Long quota) {
    /** The name of the one that a container has at its root. */
    public static final String ROOT = "/";

    /** Less than this no file system can be kept to. */
    public static final long LEAST_QUOTA = 1 << 20;

    private static final int LONGEST_NAME = 60;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*");

    public Volume {
        requireName(name);
        below = List.copyOf(below);
        requireQuota(quota);
    }

    /** Refuses what no file system can be kept to; null is no bound. @throws BerthException INVALID */
    public static void requireQuota(@Nullable Long quota) {
        if (quota != null && quota < LEAST_QUOTA) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "a quota of %d bytes is too small".formatted(quota),
                    "it is at least 1M; 'unset quota' takes it away");
        }
    }

    /** Refuses what no file system of a container can be called. @throws BerthException INVALID */
    public static void requireName(String name) {
        if (!name.equals(ROOT)
                && (name.length() > LONGEST_NAME || !NAME.matcher(name).matches())) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a name for a dataset".formatted(name),
                    "use letters, digits and _ . -, with / between the names of nested ones, up to %d in all"
                            .formatted(LONGEST_NAME));
        }
    }

    /** Whether it is the one at the container's root. */
    public boolean isRoot() {
        return name.equals(ROOT);
    }

    /** The most bytes that it may take; empty if there is no bound. */
    public OptionalLong bound() {
        return quota == null ? OptionalLong.empty() : OptionalLong.of(quota);
    }

    /** What it is nested in, by its name; empty if in nothing. */
    public Optional<String> parent() {
        int slash = name.lastIndexOf('/');
        return slash > 0 ? Optional.of(name.substring(0, slash)) : Optional.empty();
    }

    /** Whether it is nested in the one that is called {@code other}, at whatever depth. */
    public boolean isWithin(String other) {
        return name.startsWith(other + "/");
    }

    /** The layers that show what it holds now. */
    public List<Layer> frozenTip() {
        List<Layer> layers = new ArrayList<>();
        layers.add(Layer.own(tip));
        layers.addAll(below);
        return List.copyOf(layers);
    }

    /** With another tip on other layers. */
    public Volume on(String newTip, List<Layer> newBelow) {
        return new Volume(name, newTip, newBelow, quota);
    }

    /** Under another name. */
    public Volume called(String other) {
        return new Volume(other, tip, below, quota);
    }

    /** With another bound, or none. */
    public Volume bounded(@Nullable Long bytes) {
        return new Volume(name, tip, below, bytes);
    }
}
