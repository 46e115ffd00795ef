package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.container.ContainerLimits;
import berth.engine.group.Group;
import berth.engine.limit.Limits;
import berth.engine.operation.Caller;
import java.util.function.UnaryOperator;

/** What has limits of its own: a container or a group, as a command names it. */
sealed interface Limited {
    /** How messages name it. */
    String name();

    /** The limits of its own. */
    Limits limits(Services services);

    /** Changes them. */
    void change(Services services, UnaryOperator<Limits> change, Caller caller);

    /** Writes them to the cgroup again. */
    void apply(Services services, Caller caller);

    /** Which of both a command is about, and how its help names one. */
    enum Sort {
        CONTAINER("ct", "containers", "web"),
        GROUP("group", "groups", "/web");

        private final String word;
        private final String plural;
        private final String example;

        Sort(String word, String plural, String example) {
            this.word = word;
            this.plural = plural;
            this.example = example;
        }

        /** The first word of its commands. */
        String word() {
            return word;
        }

        /** For summaries. */
        String plural() {
            return plural;
        }

        /** One of them in examples. */
        String example() {
            return example;
        }

        /** The one that {@code text} names. */
        Limited find(Call call, String text) {
            return switch (this) {
                case CONTAINER -> new OfContainer(call.names().container(text));
                case GROUP -> new OfGroup(GroupCommands.named(call, text));
            };
        }
    }

    /** A container's. */
    record OfContainer(Container container) implements Limited {
        @Override
        public String name() {
            return container.name();
        }

        @Override
        public Limits limits(Services services) {
            return container.spec().ownLimits();
        }

        @Override
        public void change(Services services, UnaryOperator<Limits> change, Caller caller) {
            service(services).change(container, change, caller);
        }

        @Override
        public void apply(Services services, Caller caller) {
            service(services).apply(container, caller);
        }
    }

    /** A group's. */
    record OfGroup(Group group) implements Limited {
        @Override
        public String name() {
            return "group " + group.path();
        }

        @Override
        public Limits limits(Services services) {
            return services.groups().spec(group).ownLimits();
        }

        @Override
        public void change(Services services, UnaryOperator<Limits> change, Caller caller) {
            service(services).change(group, change, caller);
        }

        @Override
        public void apply(Services services, Caller caller) {
            service(services).apply(group, caller);
        }
    }

    private static ContainerLimits service(Services services) {
        return services.containers().limits();
    }
}
