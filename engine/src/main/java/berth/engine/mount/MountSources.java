package berth.engine.mount;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.storage.Ids;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.mount.MountPoint;
import berth.linux.mount.Mounts;
import berth.linux.mount.UserNamespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes what containers are given to mount, detached, and refuses what would hand them the host. */
public final class MountSources {
    private static final int FILE_TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int SOCKET = 0140000;

    /** File systems that are the kernel's own face. */
    private static final Set<String> KERNEL = Set.of(
            "proc",
            "sysfs",
            "devtmpfs",
            "devpts",
            "cgroup",
            "cgroup2",
            "securityfs",
            "debugfs",
            "tracefs",
            "bpf",
            "configfs",
            "pstore",
            "efivarfs",
            "binfmt_misc",
            "fusectl",
            "mqueue",
            "nsfs",
            "selinuxfs",
            "hugetlbfs");

    /** Whoever writes there as the host's root is the host's root. */
    private static final List<Path> SYSTEM =
            List.of("/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/root", "/sbin", "/usr").stream()
                    .map(Path::of)
                    .toList();

    private final UserNamespaces namespaces;
    private final Supplier<? extends Collection<Path>> own;

    /**
     * @param namespaces makes the id maps
     * @param own directories of Berth's, which no container may see
     */
    public MountSources(UserNamespaces namespaces, Supplier<? extends Collection<Path>> own) {
        this.namespaces = namespaces;
        this.own = own;
    }

    /**
     * What {@code mount} is, detached, for a container with {@code ids}.
     *
     * @throws BerthException NOT_FOUND if the host has no such file; INVALID if it may not be mounted; UNSUPPORTED if its file
     *     system cannot map owners
     */
    public Fd open(Mount mount, Ids ids) {
        Fd tree = mount.source().map(s -> bind(mount, s, ids)).orElseGet(() -> tmpfs(mount, ids));
        try {
            Mounts.setAttributes(tree, mount.attributes());
            return tree;
        } catch (RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    /** Fails as {@link #open} would for what the host has at present. */
    public void check(Mount mount) {
        mount.source().ifPresent(source -> {
            try (Fd place = place(source)) {
                requireHarmless(mount, place);
            }
        });
    }

    /** The host uid that the file belongs to which {@code mount} shows; empty if it is not there. */
    public Optional<Long> owner(Mount mount) {
        return mount.source()
                .map(Path::of)
                .filter(Files::exists)
                .map(p -> Integer.toUnsignedLong(attribute(p, "unix:uid")));
    }

    private Fd bind(Mount mount, String source, Ids ids) {
        Fd tree;
        try (Fd place = place(source)) {
            requireHarmless(mount, place);
            tree = Mounts.openTree(place);
        }
        if (mount.ownership() == Ownership.OWNER) {
            try (Fd userns = namespaces.create(Ids.extents(ids.uids()), Ids.extents(ids.gids()))) {
                Mounts.idmap(tree, userns);
            } catch (KernelException e) {
                tree.close();
                throw new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "owners of '%s' cannot be mapped: its file system does not let them (%s)"
                                .formatted(source, e.reason()),
                        "use --map none, or move it to ext4, xfs, btrfs or tmpfs");
            }
        }
        return tree;
    }

    private static Fd tmpfs(Mount mount, Ids ids) {
        Map<String, String> options = new LinkedHashMap<>(mount.tmpfsOptions());
        options.put("uid", Integer.toUnsignedString(ids.rootUid()));
        options.put("gid", Integer.toUnsignedString(ids.rootGid()));
        return Mounts.tmpfs(options);
    }

    private static Fd place(String source) {
        try {
            return Fd.openPlace(Path.of(source));
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                throw new BerthException(
                        ErrorCode.NOT_FOUND,
                        "the host has no '%s'".formatted(source),
                        "make it; with --optional a container starts without it");
            }
            throw new BerthException(
                    ErrorCode.FAILED, "'%s' cannot be opened: %s".formatted(source, e.reason()), null, e);
        }
    }

    /** Asked of the open file, not of its path: nobody can put another there meanwhile. */
    private void requireHarmless(Mount mount, Fd place) {
        Path real = real(place);
        int type = attribute(Path.of(place.procPath()), "unix:mode") & FILE_TYPE;
        if (type != DIRECTORY && type != REGULAR && type != SOCKET) {
            throw refused(real, "is neither a directory nor a file", "'osctl ct devices add' gives containers devices");
        }
        Optional<MountPoint> below = Mounts.table().stream()
                .filter(m -> real.startsWith(m.target()))
                .reduce((former, latter) ->
                        Comparator.comparingInt((MountPoint m) -> m.target().getNameCount())
                                                .compare(former, latter)
                                        > 0
                                ? former
                                : latter);
        if (below.filter(m -> KERNEL.contains(m.type())).isPresent()) {
            throw refused(real, "belongs to the kernel", "containers have a /proc, /sys and /dev of their own");
        }
        for (Path directory : own.get()) {
            if (real.startsWith(directory) || directory.startsWith(real)) {
                throw refused(
                        real,
                        real.startsWith(directory)
                                ? "is Berth's own"
                                : "holds '%s', which is Berth's own".formatted(directory),
                        "name a directory with nothing in it but what the container shall see");
            }
        }
        if (mount.ownership() == Ownership.OWNER
                && !mount.isReadOnly()
                && SYSTEM.stream().anyMatch(real::startsWith)) {
            throw refused(
                    real,
                    "is part of the host's system, which the container's root could change",
                    "mount it with --opts ro, or without --map owner");
        }
    }

    private static Path real(Fd place) {
        try {
            return Files.readSymbolicLink(Path.of(place.procPath()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int attribute(Path file, String name) {
        try {
            return ((Number) Files.getAttribute(file, name)).intValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BerthException refused(Path path, String why, String hint) {
        return new BerthException(
                ErrorCode.INVALID, "'%s' cannot be mounted in a container: it %s".formatted(path, why), hint);
    }
}
