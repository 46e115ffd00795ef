package berth.linux.device;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Something that is allowed.
 *
 * @param type of which sort
 * @param major the number of its driver; any if empty
 * @param minor its number for the driver; any if empty
 * @param access what is allowed with it
 */
public record DeviceRule(DeviceType type, OptionalInt major, OptionalInt minor, Set<DeviceAccess> access) {
    public DeviceRule {
        access = Set.copyOf(access);
    }

    boolean allowsAll() {
        return access.equals(EnumSet.allOf(DeviceAccess.class));
    }

    int bits() {
        return access.stream().mapToInt(DeviceAccess::bit).sum();
    }
}
