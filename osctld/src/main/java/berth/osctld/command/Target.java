package berth.osctld.command;

import picocli.CommandLine.Parameters;

/** The first argument of commands that there are for containers and for groups. */
abstract class Target {
    /** Which of both it is. */
    abstract Limited.Sort sort();

    abstract String text();

    /** What it names. */
    final Limited find(Call call) {
        return sort().find(call, text());
    }

    /** A container. */
    static final class OfContainer extends Target {
        @Parameters(index = "0", paramLabel = "ID", description = "a container")
        String id = "";

        @Override
        Limited.Sort sort() {
            return Limited.Sort.CONTAINER;
        }

        @Override
        String text() {
            return id;
        }
    }

    /** A group. */
    static final class OfGroup extends Target {
        @Parameters(index = "0", paramLabel = "GROUP", description = "a group")
        String path = "";

        @Override
        Limited.Sort sort() {
            return Limited.Sort.GROUP;
        }

        @Override
        String text() {
            return path;
        }
    }
}
