package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.backup.Backup;
import berth.engine.backup.BackupDirectory;
import berth.engine.image.ListedArchive;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import java.util.Optional;

/** Adds containers to directories with backups, and makes containers of what is there. Safe for use by several threads. */
public final class ContainerBackup {
    private final Containers containers;
    private final StateViews views;
    private final ContainerExport exports;
    private final ContainerImport imports;

    ContainerBackup(Containers containers, StateViews views, ContainerExport exports, ContainerImport imports) {
        this.containers = containers;
        this.views = views;
        this.exports = exports;
        this.imports = imports;
    }

    /** Adds what {@code container} is now. What a running one has changed is copied first, while it is suspended. */
    public Backup add(Container container, BackupDirectory directory, WithDatasets datasets, Caller caller) {
        return containers.locked(container, caller, () -> {
            Dataset packed = exports.present(container, datasets);
            String description = exports.description(container, packed, Optional.empty());
            return views.show(container, packed, caller, histories -> {
                caller.progress().step("reading " + container.name());
                return directory.add(histories, container.name(), description, caller.progress());
            });
        });
    }

    /**
     * Makes a stopped container of {@code backup}, as an import would.
     *
     * @throws BerthException EXISTS if there is one of that id; UNTRUSTED if the backup is damaged
     */
    public Container restore(
            BackupDirectory directory, Backup backup, ListedArchive.Damaged damaged, ImportWish wish, Caller caller) {
        ExportedContainer said = ContainerImport.described(directory.description(backup));
        if (said.past().isPresent()) {
            throw new BerthException(ErrorCode.UNTRUSTED, "the backup says that it is something else");
        }
        imports.refuseTaken(said, wish);
        return directory.restore(
                backup,
                damaged,
                said.names(),
                wish.maxSize(),
                caller.progress(),
                files -> imports.create(said, files, wish, caller));
    }
}
