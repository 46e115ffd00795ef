package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.ContainerDevices;
import berth.engine.device.Device;
import berth.engine.device.DeviceTree;
import berth.engine.group.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command about the devices of a container or of a group. */
abstract class DeviceCommand extends OsctlCommand implements Worded {
    @Mixin
    Target target;

    private final Words words;

    /**
     * @param summary with %s for what it is about, in the plural
     * @param example what follows the name of the command, with @ for what it is about
     */
    DeviceCommand(Target target, String name, String summary, String detail, String example) {
        this.target = target;
        this.words = new Words(
                name,
                List.of(summary.formatted(target.sort().plural()), detail),
                List.of("osctl %s devices %s %s"
                        .formatted(
                                target.sort().word(),
                                name,
                                example.replace("@", target.sort().example()))));
    }

    @Override
    public final Words words() {
        return words;
    }

    static ContainerDevices service(Call call) {
        return call.services().containers().devices();
    }

    static DeviceTree tree(Call call, Limited owner) {
        return switch (owner) {
            case Limited.OfContainer c -> service(call).of(c.container());
            case Limited.OfGroup g -> service(call).of(g.group());
        };
    }

    static void change(Call call, Limited owner, UnaryOperator<List<Device>> change) {
        switch (owner) {
            case Limited.OfContainer c -> service(call).change(c.container(), change, call.caller());
            case Limited.OfGroup g -> service(call).change(g.group(), change, call.caller());
        }
    }

    /** What lies in {@code owner} and has {@code device} by itself. */
    static Map<String, Device> ownersBeneath(Call call, Limited owner, Device device) {
        return switch (owner) {
            case Limited.OfContainer _ -> Map.of();
            case Limited.OfGroup g -> service(call).ownersBeneath(g.group(), device);
        };
    }

    static UnaryOperator<List<Device>> with(Device device) {
        return own -> {
            List<Device> all = new ArrayList<>(without(device).apply(own));
            all.add(device);
            return all;
        };
    }

    static UnaryOperator<List<Device>> without(Device device) {
        return own -> own.stream().filter(d -> !d.isSame(device)).toList();
    }

    /** A command about one device that is there. */
    abstract static class OfOne extends DeviceCommand {
        @Parameters(index = "1", paramLabel = "TYPE", description = "char or block")
        String type = "";

        @Parameters(index = "2", paramLabel = "MAJOR", description = "the number of its driver, or * for any")
        String major = "";

        @Parameters(index = "3", paramLabel = "MINOR", description = "its number for the driver, or * for any")
        String minor = "";

        OfOne(Target target, String name, String summary, String detail, String example) {
            super(target, name, summary, detail, example);
        }

        final Device named() {
            return new Device(Device.type(type), major, minor, "", null, false);
        }

        /** The one that is named, as {@code owner} has it. @throws BerthException NOT_FOUND */
        final DeviceTree.Entry entry(Call call, Limited owner) {
            return tree(call, owner)
                    .find(named())
                    .orElseThrow(() -> new BerthException(
                            ErrorCode.NOT_FOUND,
                            "%s has no device %s".formatted(owner.name(), named()),
                            "'devices ls' lists those it has"));
        }

        /** Adds {@code device} to the groups above {@code owner} that lack it, not to be inherited, or refuses it. */
        static void requireAbove(Call call, Limited owner, Device device, boolean parents) {
            if (parents) {
                Group group = switch (owner) {
                    case Limited.OfContainer c -> service(call).group(c.container());
                    case Limited.OfGroup g -> g.group();
                };
                for (Group above : service(call).lacking(group, device)) {
                    if (!(owner instanceof Limited.OfGroup g && g.group().equals(above))) {
                        service(call).change(above, with(device.withInherit(false)), call.caller());
                        call.out().note("group %s has %s now, too", above.path(), device);
                    }
                }
            }
            tree(call, owner).requireAbove(device);
        }
    }
}
