package berth.engine.group;

import berth.engine.device.Device;
import berth.engine.limit.Limits;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a group is, as its administrator wants it.
 *
 * @param path its path, for instance {@code /web/front}
 * @param limits what everything in it may use together; nothing is limited if null
 * @param devices those that were added to it, beside those that it inherits
 */
public record GroupSpec(
        String path, @Nullable Limits limits, @Nullable List<Device> devices) {
    public GroupSpec {
        devices = devices == null ? List.of() : List.copyOf(devices);
    }

    /** The devices; never null. */
    @Override
    public List<Device> devices() {
        return devices == null ? List.of() : devices;
    }

    /** A group that limits nothing. */
    public static GroupSpec of(String path) {
        return new GroupSpec(path, null, null);
    }

    /** Its limits, none if it has none. */
    public Limits ownLimits() {
        return Objects.requireNonNullElse(limits, Limits.NONE);
    }

    public GroupSpec withLimits(Limits value) {
        return new GroupSpec(path, value.equals(Limits.NONE) ? null : value, devices);
    }

    public GroupSpec withDevices(List<Device> value) {
        return new GroupSpec(path, limits, value);
    }
}
