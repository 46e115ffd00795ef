package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.backup.Backup;
import berth.engine.backup.BackupDirectory;
import berth.engine.image.ImageStores;
import berth.engine.image.ImportRequest;
import berth.engine.image.Imported;
import berth.engine.image.ListedArchive;
import berth.engine.image.TreeView;
import berth.engine.operation.Caller;
import berth.engine.store.Yaml;
import java.util.List;
import java.util.Optional;

/** Adds containers to directories with backups, and makes containers of what is there. Safe for use by several threads. */
public final class ContainerBackup {
    private final Containers containers;
    private final ImageStores images;
    private final StateViews views;
    private final ContainerExport exports;
    private final ContainerImport imports;

    ContainerBackup(
            Containers containers,
            ImageStores images,
            StateViews views,
            ContainerExport exports,
            ContainerImport imports) {
        this.containers = containers;
        this.images = images;
        this.views = views;
        this.exports = exports;
        this.imports = imports;
    }

    /** Adds what {@code container} is now. What a running one has changed is copied first, while it is suspended. */
    public Backup add(Container container, BackupDirectory directory, Caller caller) {
        return containers.locked(container, caller, () -> {
            exports.warnOfDatasets(container, caller);
            String description = Yaml.write(exports.description(container, Optional.empty()));
            return views.show(container, List.of(), caller, states -> {
                caller.progress().step("reading " + container.name());
                try (TreeView present = states.getLast().get()) {
                    return directory.add(present, container.name(), description, caller.progress());
                }
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
        ImportRequest request =
                ImportRequest.of("backup of " + backup.container()).upTo(wish.maxSize());
        Imported imported = directory.restore(backup, images.of(wish.pool()), damaged, request, caller.progress());
        return imports.create(said, imported, wish, caller);
    }
}
