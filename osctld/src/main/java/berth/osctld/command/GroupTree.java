package berth.osctld.command;

import berth.engine.container.Container;
import berth.engine.group.Group;
import java.util.List;
import java.util.Optional;

/** Draws the groups of a pool, with their containers as leaves. */
final class GroupTree {
    private final Services services;
    private final String pool;
    private final StringBuilder out = new StringBuilder();

    GroupTree(Services services, String pool) {
        this.services = services;
        this.pool = pool;
    }

    /** The drawing, a line for each. */
    String draw() {
        out.append(pool).append('\n');
        branch(services.groups().get(pool, Group.ROOT), "");
        return out.toString();
    }

    private void branch(Group group, String margin) {
        List<Group> groups = services.groups().of(pool).stream()
                .filter(g -> g.parent().equals(Optional.of(group)))
                .toList();
        List<Container> containers = services.containers().containers().of(pool).stream()
                .filter(c -> c.spec().group().equals(group.path()))
                .toList();
        for (int i = 0; i < groups.size(); i++) {
            Group child = groups.get(i);
            boolean last = containers.isEmpty() && i == groups.size() - 1;
            line(margin, last, child.name() + "/");
            branch(child, margin + (last ? "    " : "│   "));
        }
        for (int i = 0; i < containers.size(); i++) {
            Container child = containers.get(i);
            line(
                    margin,
                    i == containers.size() - 1,
                    child.name() + " (" + child.state().word() + ")");
        }
    }

    private void line(String margin, boolean last, String text) {
        out.append(margin).append(last ? "└── " : "├── ").append(text).append('\n');
    }
}
