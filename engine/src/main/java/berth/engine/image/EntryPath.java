package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.file.FileName;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of an archive's entry, safe to resolve beneath a directory: no empty, {@code .} or {@code ..} component, none longer
 * than the kernel takes.
 *
 * @param text the components joined by {@code /}; empty for the root of the tree
 */
record EntryPath(String text) {
    private static final int NAME_MAX = 255;
    private static final int PATH_MAX = 4095;

    /** The path of {@code entry} itself. @throws BerthException UNTRUSTED if it is not safe */
    static EntryPath of(ArchiveEntry entry) {
        return of(entry.name(), entry.name(), "its name");
    }

    /** The path that the hard link {@code entry} points to. @throws BerthException UNTRUSTED if it is not safe */
    static EntryPath ofTarget(ArchiveEntry entry) {
        return of(entry.target(), entry.name(), "the name it links to");
    }

    /** {@code path} as an archive has it; an absolute one is taken from the root of the tree. */
    private static EntryPath of(String path, String name, String what) {
        if (path.indexOf('\0') >= 0) {
            throw refused(name, what + " holds a NUL byte");
        }
        List<String> components = new ArrayList<>();
        for (String component : path.split("/")) {
            if (component.equals("..")) {
                throw refused(name, what + " climbs with '..'");
            }
            if (FileName.encode(component).length > NAME_MAX) {
                throw refused(name, "a part of %s is longer than %d bytes".formatted(what, NAME_MAX));
            }
            if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        String text = String.join("/", components);
        if (FileName.encode(text).length > PATH_MAX) {
            throw refused(name, "%s is longer than %d bytes".formatted(what, PATH_MAX));
        }
        return new EntryPath(text);
    }

    boolean isRoot() {
        return text.isEmpty();
    }

    /** The path of the directory that holds it; the root's for a top-level name. */
    EntryPath parent() {
        return new EntryPath(text.substring(0, Math.max(0, text.lastIndexOf('/'))));
    }

    /** The last component. */
    String name() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    /** An error that says why the entry {@code name} is not unpacked. */
    static BerthException refused(String name, String reason) {
        return new BerthException(
                ErrorCode.UNTRUSTED, "entry '%s' is refused: %s".formatted(FileName.printable(name), reason));
    }
}
