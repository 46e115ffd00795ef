package berth.engine.storage;

import static java.util.Objects.requireNonNull;

import berth.engine.store.DurableFile;
import berth.linux.Fd;
import berth.linux.mount.MountAttribute;
import berth.linux.mount.Mounts;
import berth.linux.mount.Overlays;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * Plain directories on any file system: the image's tree below, read through the container's id map, and the container's
 * own changes above it, stored with its host ids. Source: Linux Documentation/filesystems/overlayfs.rst.
 *
 * <p>The upper layer is not idmapped: an overlay whose upper is, mounted from outside the container's user namespace, turns
 * read-only (Linux 6.18).
 */
public final class DirDriver implements StorageDriver {
    private static final String UPPER = "upper";
    private static final String WORK = "work";

    private final Overlays overlays;
    private final Trash trash;

    /** @param overlays mounts the layers */
    public DirDriver(Overlays overlays, Trash trash) {
        this.overlays = overlays;
        this.trash = trash;
    }

    @Override
    public String name() {
        return "dir";
    }

    @Override
    public void create(RootFilesystem root) {
        try {
            Path upper = root.directory().resolve(UPPER);
            makeDirectory(root.directory(), "rwx------");
            makeDirectory(upper, "rwxr-xr-x");
            Files.setAttribute(upper, "unix:uid", root.rootUid());
            Files.setAttribute(upper, "unix:gid", root.rootGid());
            makeDirectory(root.directory().resolve(WORK), "rwx------");
            DurableFile.syncDirectory(root.directory());
            DurableFile.syncDirectory(pool(root));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void destroy(Path directory) {
        trash.discard(directory);
    }

    @Override
    public Fd mount(RootFilesystem root, Fd userns) {
        Fd mount = overlays.idmapped(
                List.of(root.imageTree()),
                userns,
                root.directory().resolve(UPPER),
                root.directory().resolve(WORK));
        try {
            // A device node in an image or made by the guest is never a device.
            Mounts.setAttributes(mount, Set.of(MountAttribute.NO_DEVICES));
            return mount;
        } catch (RuntimeException e) {
            mount.close();
            throw e;
        }
    }

    private static Path pool(RootFilesystem root) {
        return requireNonNull(root.directory().getParent());
    }

    private static void makeDirectory(Path directory, String permissions) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory);
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }
}
