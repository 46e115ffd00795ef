package berth.engine.guest;

import berth.engine.network.GuestInterface;
import java.util.List;

/** How one kind of network manager is told what interfaces there are. */
interface Dialect {
    /** Whether the guest uses such a manager, by what is in its tree and not by what it calls itself. */
    Presence presence(GuestTree tree);

    /**
     * Writes the configuration of {@code interfaces}, and takes away what was written for others. Changes nothing that is as
     * it should be, and nothing at all if there are no interfaces and nothing was ever written.
     */
    void write(GuestTree tree, List<GuestInterface> interfaces);
}
