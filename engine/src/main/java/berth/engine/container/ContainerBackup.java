package berth.engine.container;

import berth.engine.backup.Backup;
import berth.engine.backup.BackupDirectory;
import berth.engine.image.ListedArchive;
import berth.engine.image.TreeHistory;
import berth.engine.operation.Caller;
import berth.engine.storage.Dataset;
import berth.engine.storage.Volume;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
    public Backup add(Container container, BackupDirectory directory, BackupWish wish, Caller caller) {
        return containers.locked(container, caller, () -> {
            Dataset packed = wish.snapshots() == BackupWish.Snapshots.TAKEN
                    ? exports.files(container, wish.datasets())
                    : exports.present(container, wish.datasets());
            String description = exports.description(container, packed, past(packed));
            return views.show(container, packed, caller, histories -> {
                caller.progress().step("reading " + container.name());
                return directory.add(trees(packed, histories), container.name(), description, caller.progress());
            });
        });
    }

    private static Optional<ExportedContainer.Past> past(Dataset packed) {
        return packed.snapshots().isEmpty()
                ? Optional.empty()
                : Optional.of(new ExportedContainer.Past(
                        false,
                        packed.snapshots().stream()
                                .map(ExportedContainer.Taken::of)
                                .toList(),
                        List.of()));
    }

    private static BackupDirectory.Trees trees(Dataset packed, List<TreeHistory> histories) {
        Set<String> present = packed.all().stream().map(Volume::name).collect(Collectors.toSet());
        return new BackupDirectory.Trees(
                histories.stream().filter(h -> present.contains(h.name())).toList(),
                packed.snapshots().isEmpty() ? List.of() : histories);
    }

    /**
     * Makes a stopped container of {@code backup}, as an import would.
     *
     * @throws BerthException EXISTS if there is one of that id; UNTRUSTED if the backup is damaged
     */
    public Container restore(
            BackupDirectory directory, Backup backup, ListedArchive.Damaged damaged, ImportWish wish, Caller caller) {
        ExportedContainer said = ContainerImport.described(directory.description(backup));
        imports.refuseTaken(said, wish);
        return said.past().isPresent()
                ? directory.restorePast(
                        backup,
                        damaged,
                        said.states(),
                        wish.maxSize(),
                        caller.progress(),
                        files -> imports.create(said, files, wish, caller))
                : directory.restore(
                        backup,
                        damaged,
                        said.names(),
                        wish.maxSize(),
                        caller.progress(),
                        files -> imports.create(said, files, wish, caller));
    }
}
