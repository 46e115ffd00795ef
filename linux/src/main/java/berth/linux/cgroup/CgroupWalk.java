package berth.linux.cgroup;

import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.DirectoryEntry;
import berth.linux.file.FileType;
import berth.linux.file.Resolution;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * Goes through a cgroup and all in it, however they are named and however deep they lie: a guest may nest them deeper than any path
 * can tell. Holds one descriptor at a time, and the names on the way down.
 */
final class CgroupWalk {
    /** Those that a walk meets. */
    interface Visitor {
        /** Whether to go on, now that {@code cgroup} was entered. */
        boolean enter(Directory cgroup);

        /** The cgroup {@code name} in {@code parent}, and all in it, was met. */
        void leave(Directory parent, String name);
    }

    private record Level(String name, Iterator<String> children) {}

    private CgroupWalk() {}

    /** Walks from {@code top} down; ends early, without a word, where somebody else removes what is walked through. */
    static void through(Path top, Visitor visitor) {
        try {
            walk(Directory.open(top, Resolution.NO_LINKS), visitor);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV)) {
                throw e;
            }
        }
    }

    private static void walk(Directory top, Visitor visitor) {
        Deque<Level> way = new ArrayDeque<>();
        Directory here = top;
        try {
            boolean goesOn = visitor.enter(here);
            way.push(new Level("", children(here).iterator()));
            while (goesOn && !way.isEmpty()) {
                Level level = way.element();
                if (level.children().hasNext()) {
                    String child = level.children().next();
                    here = instead(here, here.openDirectory(child));
                    goesOn = visitor.enter(here);
                    way.push(new Level(child, children(here).iterator()));
                } else {
                    way.remove();
                    if (!way.isEmpty()) {
                        // Cgroups never move to another parent.
                        here = instead(here, Directory.open(Path.of(here.fd().procPath(), ".."), Resolution.NO_LINKS));
                        visitor.leave(here, level.name());
                    }
                }
            }
        } finally {
            here.close();
        }
    }

    private static Directory instead(Directory former, Directory next) {
        former.close();
        return next;
    }

    /** The names of the cgroups directly in {@code cgroup}. */
    static Stream<String> children(Directory cgroup) {
        // A directory's link count tells how many it holds, without looking at its dozens of files.
        return cgroup.stat().links() <= 2
                ? Stream.empty()
                : cgroup.list().stream()
                        .filter(e -> e.type() == FileType.DIRECTORY)
                        .map(DirectoryEntry::name);
    }
}
