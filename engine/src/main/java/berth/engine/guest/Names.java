package berth.engine.guest;

import berth.linux.netlink.LinkNames;

/** Names of interfaces that were read in a guest, where anything may stand. */
final class Names {
    private Names() {}

    /** Whether an interface of a container could have this name, so that it is harmless in a path and in a log. */
    static boolean isInterface(String name) {
        return name.matches("[A-Za-z0-9][A-Za-z0-9._-]*") && LinkNames.isName(name);
    }
}
