package berth.engine.guest;

import berth.engine.network.GuestInterface;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes a guest's own network manager agree with what the kernel is given before init runs: which manager that is shows in its
 * tree. Nothing in the guest is restarted.
 */
public final class GuestNetwork {
    /** Of several that are as present, the first is used. */
    private static final List<Dialect> DIALECTS = List.of(
            new Netplan(),
            new Networkd(),
            new Ifupdown(),
            new Wicked(),
            new Keyfiles(),
            new NetworkScripts(),
            new Netifrc(),
            new Runit());

    private GuestNetwork() {}

    /**
     * Writes the configuration of {@code interfaces} into {@code tree}, and takes away what was written before for interfaces
     * that are gone or for a manager that is no longer used.
     *
     * @return whether the guest has a manager that is known here; one without keeps what the kernel was given
     */
    public static boolean write(GuestTree tree, List<GuestInterface> interfaces) {
        Optional<Dialect> used = used(tree);
        for (Dialect dialect : DIALECTS) {
            dialect.write(tree, used.filter(dialect::equals).isPresent() ? interfaces : List.of());
        }
        return used.isPresent();
    }

    private static Optional<Dialect> used(GuestTree tree) {
        record Found(Dialect dialect, Presence presence) {}
        return DIALECTS.stream()
                .map(d -> new Found(d, d.presence(tree)))
                .filter(f -> f.presence() != Presence.ABSENT)
                // Sorting is stable, max() is not.
                .sorted(Comparator.comparing(Found::presence).reversed())
                .map(Found::dialect)
                .findFirst();
    }
}
