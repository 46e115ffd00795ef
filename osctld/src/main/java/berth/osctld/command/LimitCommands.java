package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.limit.LimitKind;
import berth.engine.limit.Limits;
import berth.engine.operation.Caller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Parameters;

/** {@code set} and {@code unset} of each limit, on containers and on groups. */
final class LimitCommands {
    private LimitCommands() {}

    /** {@code ct set cpu-limit} and so on. */
    static List<Leaf> setOfContainers() {
        return Arrays.stream(LimitKind.values())
                .map(kind -> Leaf.of(() -> new SetOfContainer(kind)))
                .toList();
    }

    /** {@code group set cpu-limit} and so on. */
    static List<Leaf> setOfGroups() {
        return Arrays.stream(LimitKind.values())
                .map(kind -> Leaf.of(() -> new SetOfGroup(kind)))
                .toList();
    }

    /** {@code ct unset cpu-limit} and so on. */
    static List<Leaf> unsetOfContainers() {
        return Arrays.stream(LimitKind.values())
                .map(kind -> Leaf.of(() -> new UnsetOfContainers(kind)))
                .toList();
    }

    /** {@code group unset cpu-limit} and so on. */
    static List<Leaf> unsetOfGroups() {
        return Arrays.stream(LimitKind.values())
                .map(kind -> Leaf.of(() -> new UnsetOfGroups(kind)))
                .toList();
    }

    private abstract static class Set extends OsctlCommand implements Worded {
        private final LimitKind kind;
        private final Limited.Sort sort;

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "LIMIT", description = "how much, as in the examples")
        List<String> amount = new ArrayList<>();

        Set(LimitKind kind, Limited.Sort sort) {
            this.kind = kind;
            this.sort = sort;
        }

        abstract String target();

        @Override
        public final Words words() {
            return LimitHelp.set(kind, sort);
        }

        @Override
        final void run(Call call) {
            Limited limited = sort.find(call, target());
            limited.change(call.services(), this::changed, call.caller());
            call.out()
                    .done(
                            "%s of %s is %s",
                            kind.word(),
                            limited.name(),
                            kind.of(limited.limits(call.services())).orElse("unlimited"));
        }

        /** {@code memory-limit} may be followed by a swap limit, as a second amount. */
        private Limits changed(Limits limits) {
            boolean both = kind == LimitKind.MEMORY_LIMIT
                    && amount.size() == 2
                    && Character.isDigit(amount.getLast().charAt(0));
            return both
                    ? LimitKind.SWAP_LIMIT.set(kind.set(limits, amount.getFirst()), amount.getLast())
                    : kind.set(limits, String.join(" ", amount));
        }
    }

    private static final class SetOfContainer extends Set {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        SetOfContainer(LimitKind kind) {
            super(kind, Limited.Sort.CONTAINER);
        }

        @Override
        String target() {
            return id;
        }
    }

    private static final class SetOfGroup extends Set {
        @Parameters(index = "0", paramLabel = "GROUP", description = "a group")
        String path = "";

        SetOfGroup(LimitKind kind) {
            super(kind, Limited.Sort.GROUP);
        }

        @Override
        String target() {
            return path;
        }
    }

    private static final class UnsetOfContainers extends Containing implements Worded {
        private final LimitKind kind;

        UnsetOfContainers(LimitKind kind) {
            this.kind = kind;
        }

        @Override
        public Words words() {
            return LimitHelp.unset(kind, Limited.Sort.CONTAINER);
        }

        @Override
        void each(Call call, Container container, Caller caller) {
            lift(call, kind, new Limited.OfContainer(container), caller);
        }
    }

    private static final class UnsetOfGroups extends OsctlCommand implements Worded {
        private final LimitKind kind;

        @Parameters(arity = "1..*", paramLabel = "GROUP", description = "groups")
        List<String> paths = new ArrayList<>();

        UnsetOfGroups(LimitKind kind) {
            this.kind = kind;
        }

        @Override
        public Words words() {
            return LimitHelp.unset(kind, Limited.Sort.GROUP);
        }

        @Override
        void run(Call call) {
            Each.of(call, paths, (path, caller) -> lift(call, kind, Limited.Sort.GROUP.find(call, path), caller));
        }
    }

    private static void lift(Call call, LimitKind kind, Limited limited, Caller caller) {
        limited.change(call.services(), kind::unset, caller);
        call.out().done("%s of %s is lifted", kind.word(), limited.name());
    }
}
