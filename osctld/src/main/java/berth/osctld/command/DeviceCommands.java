package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.device.Device;
import berth.engine.device.DeviceTree;
import berth.engine.store.Yaml;
import berth.linux.device.DeviceType;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devices} of containers and of groups. */
final class DeviceCommands {
    private static final int LONGEST_INPUT = 1 << 20;

    private DeviceCommands() {}

    /** {@code ct devices …}. */
    static List<Leaf> ofContainers() {
        return of(Target.OfContainer::new);
    }

    /** {@code group devices …}. */
    static List<Leaf> ofGroups() {
        return of(Target.OfGroup::new);
    }

    private static List<Leaf> of(Supplier<Target> target) {
        return List.of(
                Leaf.of(() -> new Ls(target.get())),
                Leaf.of(() -> new Add(target.get())),
                Leaf.of(() -> new Del(target.get())),
                Leaf.of(() -> new Chmod(target.get())),
                Leaf.of(() -> new Promote(target.get())),
                Leaf.of(() -> new Inherit(target.get())),
                Leaf.of(() -> new Replace(target.get())));
    }

    private static final class Ls extends DeviceCommand {
        private static final Columns<DeviceTree.Entry> COLUMNS = Columns.<DeviceTree.Entry>builder()
                .usual("type", e -> e.device().type() == DeviceType.CHAR ? "char" : "block")
                .usual("major", e -> e.device().major())
                .usual("minor", e -> e.device().minor())
                .usual("mode", e -> e.device().mode())
                .usual("name", e -> e.device().node())
                .usual("inherit", Kind.FLAG, e -> e.device().inherit())
                .usual("inherited", Kind.FLAG, DeviceTree.Entry::inherited)
                .build();

        @Mixin
        ListOptions list = new ListOptions();

        Ls(Target target) {
            super(target, "ls", "List the devices of %s", "Those that are inherited belong to a group above.", "@");
        }

        @Override
        void run(Call call) {
            list.print(call, COLUMNS, tree(call, target.find(call)).entries());
        }
    }

    private static final class Add extends DeviceCommand.OfOne {
        @Option(
                names = {"-i", "--inherit"},
                negatable = true,
                defaultValue = "true",
                fallbackValue = "true",
                description = "whether what lies below has it too, as it does by default")
        boolean inherit = true;

        @Option(
                names = {"-p", "--parents"},
                description = "add it to the groups above that lack it, too")
        boolean parents;

        @Parameters(
                index = "4",
                paramLabel = "MODE",
                description = "some of r, w and m: reading, writing, making nodes")
        String mode = "";

        @Parameters(
                index = "5",
                arity = "0..1",
                paramLabel = "NODE",
                description = "its node in containers, such as /dev/fuse")
        @Nullable
        String node;

        Add(Target target) {
            super(
                    target,
                    "add",
                    "Let %s use a device",
                    "At once where something runs. What lies above must have it.",
                    "-p @ char 10 232 rw /dev/kvm");
        }

        @Override
        void run(Call call) {
            Device device = new Device(Device.type(type), major, minor, mode, node, inherit);
            Limited owner = target.find(call);
            tree(call, owner).find(device).ifPresent(known -> {
                throw new BerthException(
                        ErrorCode.EXISTS,
                        "%s has %s already%s".formatted(owner.name(), device, known.inherited() ? ", inherited" : ""),
                        "change it with 'devices chmod', or keep it with 'devices promote'");
            });
            requireAbove(call, owner, device, parents);
            change(call, owner, with(device));
            call.out().done("%s may use %s", owner.name(), device);
        }
    }

    private static final class Del extends DeviceCommand.OfOne {
        @Option(
                names = {"-r", "--recursive"},
                description = "take it from all that lies below and has it by itself, too")
        boolean recursive;

        Del(Target target) {
            super(
                    target,
                    "del",
                    "Take a device from %s",
                    "It says who loses it. What is inherited can only be forbidden, with 'devices chmod' and mode -.",
                    "@ char 10 232");
        }

        @Override
        void run(Call call) {
            Limited owner = target.find(call);
            DeviceTree.Entry entry = entry(call, owner);
            if (entry.inherited()) {
                throw new BerthException(
                        ErrorCode.INVALID,
                        "%s inherits %s: it would come back".formatted(owner.name(), entry.device()),
                        "delete it in the group that has it, or forbid it here with 'devices chmod' and mode -");
            }
            Map<String, Device> below = ownersBeneath(call, owner, entry.device());
            if (!below.isEmpty() && !recursive) {
                throw new BerthException(
                        ErrorCode.IN_USE,
                        "%s is also a device of: %s".formatted(entry.device(), String.join(", ", below.keySet())),
                        "delete it there first, or add --recursive");
            }
            List<String> users = users(call, owner, entry.device());
            if (owner instanceof Limited.OfGroup group) {
                service(call).changeBelow(group.group(), without(entry.device()), call.caller());
            }
            change(call, owner, without(entry.device()));
            users.removeAll(users(call, owner, entry.device()));
            call.out()
                    .done(
                            "%s is deleted from %s%s",
                            entry.device(),
                            owner.name(),
                            users.isEmpty() ? "" : "; these lose it: " + String.join(", ", users));
        }

        private static List<String> users(Call call, Limited owner, Device device) {
            return switch (owner) {
                case Limited.OfContainer _ -> new ArrayList<>();
                case Limited.OfGroup g -> new ArrayList<>(service(call).usersOf(g.group(), device));
            };
        }
    }

    private static final class Chmod extends DeviceCommand.OfOne {
        @Option(
                names = {"-p", "--parents"},
                description = "allow it in the groups above that lack it, too")
        boolean parents;

        @Option(
                names = {"-r", "--recursive"},
                description = "take from what lies below what the new mode does not allow")
        boolean recursive;

        @Parameters(index = "4", paramLabel = "MODE", description = "some of r, w and m, or - to forbid it")
        String mode = "";

        Chmod(Target target) {
            super(
                    target,
                    "chmod",
                    "Change what %s may do with a device",
                    "One that was inherited becomes its own.",
                    "@ char 10 232 r");
        }

        @Override
        void run(Call call) {
            Limited owner = target.find(call);
            Device device = entry(call, owner).device().withMode(mode);
            List<String> more = ownersBeneath(call, owner, device).entrySet().stream()
                    .filter(e -> e.getValue()
                            .mode()
                            .chars()
                            .anyMatch(c -> device.mode().indexOf(c) < 0))
                    .map(Map.Entry::getKey)
                    .toList();
            if (!more.isEmpty() && !recursive) {
                throw new BerthException(
                        ErrorCode.IN_USE,
                        "these may do more with %s: %s".formatted(device, String.join(", ", more)),
                        "change them first, or add --recursive");
            }
            requireAbove(call, owner, device, parents);
            if (owner instanceof Limited.OfGroup group && recursive) {
                service(call).changeBelow(group.group(), cut(device), call.caller());
            }
            change(call, owner, with(device));
            call.out()
                    .done(
                            "%s of %s has mode %s",
                            device, owner.name(), device.mode().isEmpty() ? "-" : device.mode());
        }

        private static UnaryOperator<List<Device>> cut(Device device) {
            return own -> own.stream()
                    .map(d -> d.isSame(device) ? d.withMode(d.mode().replaceAll("[^-" + device.mode() + "]", "")) : d)
                    .toList();
        }
    }

    private static final class Promote extends DeviceCommand.OfOne {
        Promote(Target target) {
            super(
                    target,
                    "promote",
                    "Make inherited devices of %s their own",
                    "A group above cannot take it away then without being told to.",
                    "@ char 10 229");
        }

        @Override
        void run(Call call) {
            Limited owner = target.find(call);
            Device device = entry(call, owner).device();
            change(call, owner, with(device));
            call.out().done("%s is a device of %s itself", device, owner.name());
        }
    }

    private static final class Inherit extends DeviceCommand.OfOne {
        Inherit(Target target) {
            super(
                    target,
                    "inherit",
                    "Let %s have a device as the group above has it",
                    "Its own mode and node are forgotten.",
                    "@ char 10 229");
        }

        @Override
        void run(Call call) {
            Limited owner = target.find(call);
            Device device = entry(call, owner).device();
            DeviceTree above = tree(call, owner).above();
            if (above.find(device).filter(e -> e.device().inherit()).isEmpty()) {
                throw new BerthException(
                        ErrorCode.NOT_FOUND,
                        "nothing above %s hands %s down".formatted(owner.name(), device),
                        "delete it with 'devices del', or add it above");
            }
            change(call, owner, without(device));
            call.out().done("%s inherits %s", owner.name(), device);
        }
    }

    private static final class Replace extends DeviceCommand {
        /** What is read. */
        record Input(@Nullable List<Device> devices) {}

        Replace(Target target) {
            super(
                    target,
                    "replace",
                    "Replace all devices of %s that are their own",
                    "From standard input, as JSON: {\"devices\": [{\"type\": \"char\", \"major\": \"10\", \"minor\": \"229\","
                            + " \"mode\": \"rwm\", \"name\": \"/dev/fuse\", \"inherit\": true}]}.",
                    "@");
        }

        @Override
        void run(Call call) {
            List<Device> devices = read(call).devices();
            List<Device> next = devices == null ? List.of() : devices;
            Limited owner = target.find(call);
            DeviceTree tree = tree(call, owner);
            next.forEach(tree::requireAbove);
            change(call, owner, _ -> next);
            call.out().done("%s has %d devices of its own", owner.name(), next.size());
        }

        private static Input read(Call call) {
            try {
                byte[] input = call.session().in().readNBytes(LONGEST_INPUT);
                return Yaml.readJson(new String(input, StandardCharsets.UTF_8), Input.class);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
