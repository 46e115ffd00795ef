package berth.linux.mount;

import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.process.HeldBack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Overlay file systems whose lower layers may be shown through id maps.
 *
 * <p>Layers are named to the kernel as {@code /proc/self/fd/N}. From Linux 6.15 on a layer may be a detached mount, and
 * nothing but the finished overlay is ever visible. Before that, overlayfs copies only mounts that are attached in the
 * mounter's namespace and answers EINVAL otherwise: the trees are then attached, for the one call, to directories in
 * {@code scratch}, a private tmpfs, and detached again; the overlay keeps its own copies of them. Which way this kernel
 * takes is found out at the first mount and remembered. Both cost the same, about 0.1 ms.
 *
 * <p>Upper and work are never mapped: overlayfs mounts read-only on an idmapped upper when the mounter's ids, the
 * host's root, have no place in its map.
 *
 * <p>Safe for use by several threads.
 */
public final class Overlays {
    /** The most lower layers: the kernel takes 255 bytes for all their names. Source: fsconfig(2). */
    public static final int MOST_LOWER = 12;

    private final Path scratch;
    private volatile boolean detachedLayersRefused;
    private boolean scratchIsMounted;

    /** @param scratch an absolute path nobody else uses, made when it is needed; see {@link #cleanUp} */
    public Overlays(Path scratch) {
        this.scratch = scratch;
    }

    /**
     * An overlay of {@code lower}, topmost first, that writes into {@code upper}: a detached mount, which the caller attaches.
     * The directories' owners in {@code upper} are host ids.
     *
     * @param work an empty directory beside {@code upper}
     * @throws KernelException as {@link #mount}, or EINVAL if a lower tree's file system knows no idmapped mounts
     */
    public Fd writable(List<OverlayLayer> lower, Path upper, Path work) {
        try (Fd up = Fd.openDirectory(upper);
                Fd wk = Fd.openDirectory(work)) {
            return mount(lower, up, wk);
        }
    }

    /** An overlay of at least two layers, topmost first, that nobody can write to; otherwise as {@link #writable}. */
    public Fd readOnly(List<OverlayLayer> lower) {
        return mount(lower, null, null);
    }

    private Fd mount(List<OverlayLayer> lower, @Nullable Fd upper, @Nullable Fd work) {
        List<Fd> layers = new ArrayList<>();
        List<Fd> trees = new ArrayList<>();
        try {
            for (OverlayLayer layer : lower) {
                Fd userns = layer.userns();
                Fd tree = userns == null ? Fd.openDirectory(layer.tree()) : Mounts.openTree(layer.tree());
                layers.add(tree);
                if (userns != null) {
                    trees.add(tree);
                    Mounts.idmap(tree, userns);
                }
            }
            return mount(new OverlaySpec(layers, upper, work), () -> trees);
        } finally {
            layers.forEach(Fd::close);
        }
    }

    /**
     * The overlay that {@code spec} describes, detached; its descriptors may be closed afterwards.
     *
     * @throws KernelException EINVAL if work is not empty or not on the mount of upper, ESTALE or EBUSY if another overlay
     *     uses upper or work; overlayfs tells why in the kernel's log only
     */
    public Fd mount(OverlaySpec spec) {
        return mount(spec, () -> detached(spec.lower()));
    }

    private Fd mount(OverlaySpec spec, Supplier<List<Fd>> detached) {
        if (detachedLayersRefused) {
            return mountAttached(spec, detached.get());
        }
        try {
            return create(spec);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e;
            }
            Fd mount = mountAttached(spec, detached.get());
            detachedLayersRefused = true;
            return mount;
        }
    }

    /** The way for kernels that take attached layers only. */
    Fd mountAttached(OverlaySpec spec, List<Fd> detached) {
        List<Path> places = new ArrayList<>();
        try {
            for (Fd tree : detached) {
                Path place = Files.createTempDirectory(privateScratch(), "layer");
                try {
                    Mounts.attach(tree, place);
                    places.add(place);
                } catch (KernelException e) {
                    Files.delete(place);
                    throw e;
                }
            }
            return create(spec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            places.forEach(Overlays::release);
        }
    }

    /** Takes away what an interrupted process of the same {@code scratch} left, and the scratch mount itself. */
    public synchronized void cleanUp() {
        while (isMounted()) {
            Mounts.unmount(scratch);
        }
        scratchIsMounted = false;
    }

    /** What a layer means must not depend on how the host's overlay module is configured: layers are frozen, merged, shared. */
    private static Fd create(OverlaySpec spec) {
        Fd upper = spec.upper();
        Fd work = spec.work();
        try (FsContext context = new FsContext(
                "overlay", "overlay on " + place(upper == null ? spec.lower().getFirst() : upper))) {
            context.set("source", "overlay")
                    .set("redirect_dir", "off")
                    .set("metacopy", "off")
                    .set("index", "off")
                    .set("lowerdir", spec.lower().stream().map(Fd::procPath).collect(Collectors.joining(":")));
            if (upper != null && work != null) {
                context.set("upperdir", upper.procPath()).set("workdir", work.procPath());
            }
            // What is written through an overlay is written with the rights of whoever mounted it: no guest may have
            // that
            // one to pass over quotas.
            return HeldBack.call(context::mount);
        }
    }

    private static String place(Fd directory) {
        try {
            return Files.readSymbolicLink(Path.of(directory.procPath())).toString();
        } catch (IOException e) {
            return directory.toString();
        }
    }

    /** Moving a mount that is attached would take it away from where its owner put it. */
    private static List<Fd> detached(List<Fd> layers) {
        Set<Integer> attached = Mounts.table().stream().map(MountPoint::id).collect(Collectors.toSet());
        return layers.stream()
                .filter(layer -> !attached.contains(mountId(layer)))
                .toList();
    }

    private static int mountId(Fd fd) {
        try (Stream<String> info = Files.lines(Path.of("/proc/thread-self/fdinfo/" + fd.number()))) {
            return info.filter(line -> line.startsWith("mnt_id:"))
                    .map(line ->
                            Integer.parseInt(line.substring("mnt_id:".length()).strip()))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void release(Path place) {
        Mounts.unmount(place);
        try {
            Files.delete(place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Private, so that the short life of a layer there is not copied into every other mount namespace. */
    private synchronized Path privateScratch() throws IOException {
        if (!scratchIsMounted && !isMounted()) {
            Files.createDirectories(scratch);
            try (Fd tmpfs = Mounts.tmpfs(Map.of("mode", "0700"))) {
                Mounts.attach(tmpfs, scratch);
                Mounts.setPropagation(tmpfs, Propagation.PRIVATE);
            }
        }
        scratchIsMounted = true;
        return scratch;
    }

    private boolean isMounted() {
        return Mounts.table().stream().anyMatch(m -> m.target().equals(scratch));
    }
}
