package berth.linux.device;

import berth.linux.file.DeviceNumber;

/**
 * A file that stands for a device.
 *
 * @param name where it is beneath {@code /dev}, for instance {@code net/tun}
 * @param mode its permission bits
 */
public record DeviceNode(String name, DeviceType type, DeviceNumber number, int mode) {
    public DeviceNode {
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("'" + name + "' is no name beneath /dev");
            }
        }
    }
}
