package berth.engine.container;

import berth.engine.image.ImageStores;
import berth.engine.runtime.RunPlan;
import berth.engine.storage.RootFilesystem;
import berth.engine.store.DurableFile;
import berth.engine.store.FileFailure;
import berth.engine.store.Yaml;
import berth.linux.Errno;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.Resolution;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What containers have for one run from another image: a layer of its own, which goes with the run, and a note in their run
 * directory, by which a daemon that comes later knows of it. The container's lock is held.
 */
final class Boots {
    private static final int USUAL_MODE = 0755;

    private final RunPlans plans;
    private final ImageStores images;

    Boots(RunPlans plans, ImageStores images) {
        this.plans = plans;
        this.images = images;
    }

    /** What {@code container} sees as its root then. */
    RootFilesystem root(Container container, Boot boot) {
        return new RootFilesystem(
                container.pool().containers(),
                layer(container),
                List.of(),
                images.tree(container.id().pool(), boot.image()),
                plans.root(container).ids());
    }

    /** Makes that. */
    void make(Container container, Boot boot) {
        discard(container);
        container.pool().driver().create(root(container, boot));
    }

    /** Takes it away; nothing happens if there is none. */
    void discard(Container container) {
        container.pool().driver().destroy(container.pool().containers().resolve(layer(container)));
    }

    /** Whether there may be one that a former daemon, or a former life of the host, has left. */
    boolean isLeft(Container container, RunPlan run) {
        return noted(run).isPresent()
                || Files.exists(container.pool().containers().resolve(layer(container)));
    }

    /** Notes it, when there is a run directory. */
    void note(RunPlan run, Boot boot) throws IOException {
        DurableFile.write(file(run), Yaml.write(boot), DurableFile.PRIVATE);
    }

    /** What was noted. */
    Optional<Boot> noted(RunPlan run) {
        Path file = file(run);
        try {
            return Files.exists(file) ? Optional.of(Yaml.read(file, Boot.class)) : Optional.empty();
        } catch (IOException e) {
            throw FileFailure.of("read", file, e);
        }
    }

    /** Mounts the own root file system of {@code container} in the other one, which is attached. */
    void mountOwn(Container container, RunPlan run, Boot boot) {
        RootFilesystem own = plans.root(container);
        try (Fd mount = container.pool().driver().mount(own);
                Directory rootfs = Directory.open(run.paths().rootfs(), Resolution.IN_ROOT)) {
            Path place = Path.of(boot.place().substring(1));
            for (int depth = 1; depth <= place.getNameCount(); depth++) {
                makeDirectory(rootfs, place.subpath(0, depth).toString(), own);
            }
            try (Directory target = rootfs.openDirectory(place.toString())) {
                Mounts.attach(mount, target.fd());
            }
        }
    }

    private static void makeDirectory(Directory rootfs, String path, RootFilesystem own) {
        try {
            rootfs.createDirectory(path, USUAL_MODE);
            rootfs.chown(path, own.rootUid(), own.rootGid());
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    /** No dataset names it, and no snapshot can be made of it. */
    private static String layer(Container container) {
        return container.name() + "@boot";
    }

    private static Path file(RunPlan run) {
        return run.paths().directory().resolve("boot.yml");
    }
}
