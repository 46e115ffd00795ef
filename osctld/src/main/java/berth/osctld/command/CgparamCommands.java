package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.limit.CgroupParameter;
import berth.engine.limit.Limits;
import berth.engine.store.Yaml;
import berth.osctld.output.Columns;
import berth.osctld.output.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cgparams} of containers and of groups. */
final class CgparamCommands {
    private static final int LONGEST_INPUT = 1 << 20;

    private CgparamCommands() {}

    /** {@code ct cgparams …}. */
    static List<Leaf> ofContainers() {
        return of(Target.OfContainer::new);
    }

    /** {@code group cgparams …}. */
    static List<Leaf> ofGroups() {
        return of(Target.OfGroup::new);
    }

    private static List<Leaf> of(Supplier<Target> target) {
        return List.of(
                Leaf.of(() -> new Ls(target.get())),
                Leaf.of(() -> new Set(target.get())),
                Leaf.of(() -> new Unset(target.get())),
                Leaf.of(() -> new Apply(target.get())),
                Leaf.of(() -> new Replace(target.get())));
    }

    private abstract static class Command extends OsctlCommand implements Worded {
        @Mixin
        Target target;

        private final String name;
        private final List<String> description;
        private final List<String> examples;

        /** @param summary with %s for what it is about, in the plural */
        Command(Target target, String name, String summary, String detail, String... examples) {
            this.target = target;
            this.name = name;
            this.description = List.of(summary.formatted(target.sort().plural()), detail);
            this.examples = List.of(examples);
        }

        @Override
        public final Words words() {
            Function<String, String> whole = e -> "osctl %s cgparams %s %s"
                    .formatted(target.sort().word(), name, e)
                    .replace("@", target.sort().example());
            return new Words(name, description, examples.stream().map(whole).toList());
        }
    }

    private static final class Ls extends Command {
        private static final Columns<CgroupParameter> COLUMNS = Columns.<CgroupParameter>builder()
                .usual("version", Kind.NUMBER, CgroupParameter::version)
                .usual("subsystem", CgroupParameter::subsystem)
                .usual("parameter", CgroupParameter::name)
                .usual("value", Kind.LIST, CgroupParameter::value)
                .build();

        @Mixin
        ListOptions list = new ListOptions();

        @Option(
                names = {"-v", "--version"},
                paramLabel = "VERSION",
                description = "only those of cgroup version 1 or 2")
        @Nullable
        Integer version;

        @Option(
                names = {"-S", "--subsystem"},
                paramLabel = "NAME",
                description = "only those of this controller")
        @Nullable
        String subsystem;

        Ls(Target target) {
            super(
                    target,
                    "ls",
                    "List the cgroup parameters of %s",
                    "Those with commands of their own, such as set cpu-limit, are not among them.",
                    "@");
        }

        @Override
        void run(Call call) {
            List<CgroupParameter> parameters = target.find(call).limits(call.services()).cgparams().stream()
                    .filter(p -> version == null || version == p.version())
                    .filter(p -> subsystem == null || subsystem.equals(p.subsystem()))
                    .toList();
            list.print(call, COLUMNS, parameters);
        }
    }

    private static final class Set extends Command {
        @Option(
                names = {"-a", "--append"},
                description = "add to the values that it has")
        boolean append;

        @Option(
                names = {"-v", "--version"},
                paramLabel = "VERSION",
                description = "cgroup version 1 or 2; the one that has the controller here if left out")
        @Nullable
        Integer version;

        @Parameters(index = "1", paramLabel = "PARAMETER", description = "its name, such as memory.high")
        String name = "";

        @Parameters(index = "2..*", arity = "1..*", paramLabel = "VALUE", description = "written one after the other")
        List<String> values = new ArrayList<>();

        Set(Target target) {
            super(
                    target,
                    "set",
                    "Set a cgroup parameter of %s",
                    "It holds on hosts whose controller has the same version.",
                    "@ memory.high 1073741824",
                    "-v 1 @ memory.swappiness 10");
        }

        @Override
        void run(Call call) {
            CgroupParameter parameter = parameter(call, name, version, values);
            Limited limited = target.find(call);
            limited.change(call.services(), limits -> limits.with(whole(limits, parameter)), call.caller());
            call.out().done("%s of %s is set", name, limited.name());
        }

        private CgroupParameter whole(Limits limits, CgroupParameter parameter) {
            List<String> all = new ArrayList<>();
            limits.cgparams().stream()
                    .filter(p -> append && p.isSame(parameter))
                    .forEach(p -> all.addAll(p.value()));
            all.addAll(parameter.value());
            return new CgroupParameter(parameter.version(), parameter.subsystem(), parameter.name(), all);
        }
    }

    private static final class Unset extends Command {
        @Option(
                names = {"-v", "--version"},
                paramLabel = "VERSION",
                description = "cgroup version 1 or 2; the one that has the controller here if left out")
        @Nullable
        Integer version;

        @Parameters(index = "1", paramLabel = "PARAMETER", description = "its name, such as memory.high")
        String name = "";

        Unset(Target target) {
            super(
                    target,
                    "unset",
                    "Forget a cgroup parameter of %s",
                    "What is known to be a limit is lifted at once; others stay as they are until the next start.",
                    "@ memory.high");
        }

        @Override
        void run(Call call) {
            Limited limited = target.find(call);
            CgroupParameter parameter = parameter(call, name, version, List.of("-"));
            if (limited.limits(call.services()).cgparams().stream().noneMatch(parameter::isSame)) {
                throw new BerthException(
                        ErrorCode.NOT_FOUND,
                        "%s has no cgroup parameter '%s' of version %d"
                                .formatted(limited.name(), name, parameter.version()),
                        "'cgparams ls' lists those it has");
            }
            limited.change(call.services(), limits -> limits.without(parameter), call.caller());
            call.out().done("%s of %s is not set any more", name, limited.name());
        }
    }

    private static final class Apply extends Command {
        Apply(Target target) {
            super(
                    target,
                    "apply",
                    "Write all limits of %s to their cgroups again",
                    "After somebody else has written there: Berth itself always does it.",
                    "@");
        }

        @Override
        void run(Call call) {
            Limited limited = target.find(call);
            limited.apply(call.services(), call.caller());
            call.out().done("the limits of %s are written", limited.name());
        }
    }

    private static final class Replace extends Command {
        /** What is read. */
        record Input(@Nullable List<Item> parameters) {}

        /** One parameter, whose controller may be left out. */
        record Item(@Nullable Integer version, @Nullable String subsystem, String parameter, List<String> value) {}

        Replace(Target target) {
            super(
                    target,
                    "replace",
                    "Replace all cgroup parameters of %s",
                    "From standard input, as JSON: {\"parameters\": [{\"version\": 2, \"subsystem\": \"memory\", \"parameter\":"
                            + " \"memory.high\", \"value\": [\"1073741824\"]}]}.",
                    "@");
        }

        @Override
        void run(Call call) {
            List<Item> items = read(call).parameters();
            List<CgroupParameter> parameters = items == null
                    ? List.of()
                    : items.stream()
                            .map(i -> parameter(call, i.parameter(), i.version(), i.value()))
                            .toList();
            Limited limited = target.find(call);
            limited.change(call.services(), limits -> limits.withCgparams(parameters), call.caller());
            call.out().done("%s has %d cgroup parameters", limited.name(), parameters.size());
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

    private static CgroupParameter parameter(Call call, String name, @Nullable Integer version, List<String> values) {
        String subsystem = CgroupParameter.subsystemOf(name);
        int meant = version == null ? call.services().containers().limits().version(subsystem) : version;
        return new CgroupParameter(meant, subsystem, name, values);
    }
}
