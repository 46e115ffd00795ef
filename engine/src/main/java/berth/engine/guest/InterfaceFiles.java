package berth.engine.guest;

import berth.engine.network.GuestInterface;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Files of one kind, one for each interface, in a directory of a guest.
 *
 * @param prefix what their names have before that of the interface
 * @param suffix what they have after it
 */
record InterfaceFiles(String directory, String prefix, String suffix, int mode) {
    /** Writes those of {@code interfaces} that have a text, and removes those that were written for others. */
    void write(GuestTree tree, List<GuestInterface> interfaces, Function<GuestInterface, Optional<String>> text) {
        Set<String> written = new HashSet<>();
        for (GuestInterface one : interfaces) {
            text.apply(one).ifPresent(t -> {
                String name = prefix + one.name() + suffix;
                written.add(name);
                MarkedFile.write(tree, directory + "/" + name, t, mode);
            });
        }
        tree.names(directory).stream()
                .filter(n -> isOfInterface(n) && !written.contains(n))
                .forEach(n -> MarkedFile.remove(tree, directory + "/" + n));
    }

    private boolean isOfInterface(String name) {
        return name.startsWith(prefix)
                && name.endsWith(suffix)
                && name.length() > prefix.length() + suffix.length()
                && Names.isInterface(name.substring(prefix.length(), name.length() - suffix.length()));
    }
}
