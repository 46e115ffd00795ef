package berth.engine.group;

import berth.engine.device.Device;
import berth.engine.limit.Limits;
import berth.engine.schedule.Schedule;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a group is, as its administrator wants it.
 *
 * @param path its path, for instance {@code /web/front}
 * @param limits what everything in it may use together; nothing is limited if null
 * @param devices those that were added to it, beside those that it inherits
 * @param snapshots when snapshots of its containers are taken by themselves; as the group above or the pool says if null
 */
public record GroupSpec(
        String path,
        @Nullable Limits limits,
        @Nullable List<Device> devices,
        @Nullable Schedule snapshots) {
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
        return new GroupSpec(path, null, null, null);
    }

    /** Its limits, none if it has none. */
    public Limits ownLimits() {
        return Objects.requireNonNullElse(limits, Limits.NONE);
    }

    public GroupSpec withLimits(Limits value) {
        return new GroupSpec(path, value.equals(Limits.NONE) ? null : value, devices, snapshots);
    }

    public GroupSpec withDevices(List<Device> value) {
        return new GroupSpec(path, limits, value, snapshots);
    }

    public GroupSpec withSnapshots(@Nullable Schedule value) {
        return new GroupSpec(path, limits, devices, value);
    }
}
