package berth.osctld.command;

import java.util.List;
import java.util.Set;

/** All commands, in the order in which help lists them. */
final class CommandTree {
    /** Names by which the relay may be called instead of {@code osctl NAME}. */
    static final Set<String> SHORTCUTS = Set.of("ct", "pool", "group", "user", "repo", "id-range", "healthcheck");

    private CommandTree() {}

    /** The tree; nothing of it is loaded yet. */
    static Group root() {
        return new Group("osctl", "Manage system containers")
                .commands(List.of(
                        Help.class,
                        Ping.class,
                        Version.class,
                        DoctorCommand.class,
                        HealthCommands.OfAll.class,
                        GenCompletion.class,
                        GenMan.class))
                .groups(List.of(
                        containers(), trash(), image(), repository(), pool(), user(), idRange(), group(), network()));
    }

    private static Group containers() {
        return new Group("ct", "Containers", "vps")
                .commands(List.of(
                        CtNew.class,
                        CtCopy.class,
                        CtMove.class,
                        CtExport.class,
                        CtImport.class,
                        CtRun.Del.class,
                        CtReinstall.class,
                        CtLs.class,
                        CtShow.class,
                        CtRun.Start.class,
                        CtBoot.class,
                        CtRun.Stop.class,
                        CtRun.Restart.class,
                        CtRun.Freeze.class,
                        CtRun.Unfreeze.class,
                        CtWait.class,
                        HealthCommands.OfContainers.class,
                        CtEnter.Exec.class,
                        CtEnter.Attach.class,
                        CtEnter.Console.class,
                        CtEnter.Passwd.class,
                        CtHistory.History.class,
                        CtHistory.Diff.class,
                        CtHistory.Rollback.class))
                .groups(List.of(
                        new Group("log", "Logs of containers").commands(List.of(CtLog.Cat.class, CtLog.Path.class)),
                        netif(),
                        snapshot(),
                        backup(),
                        new Group("dataset", "File systems of containers beside their roots")
                                .commands(List.of(CtDataset.Ls.class, CtDataset.New.class, CtDataset.Del.class))
                                .groups(List.of(
                                        new Group("set", "Settings of datasets")
                                                .commands(List.of(CtQuota.SetOfDataset.class)),
                                        new Group("unset", "Settings of datasets, back to their defaults")
                                                .commands(List.of(CtQuota.UnsetOfDataset.class)))),
                        new Group("cgparams", "Cgroup parameters of containers, by the kernel's names")
                                .leaves(CgparamCommands::ofContainers),
                        new Group("devices", "Devices that containers may use").leaves(DeviceCommands::ofContainers),
                        new Group("mounts", "What containers have mounted beside their own files")
                                .commands(List.of(
                                        MountCommands.Ls.class,
                                        MountNew.class,
                                        MountCommands.OfDataset.class,
                                        MountCommands.Del.class,
                                        MountCommands.Clear.class,
                                        MountCommands.Activate.class,
                                        MountCommands.Deactivate.class)),
                        new Group("prlimits", "Resource limits of each process of containers")
                                .commands(List.of(
                                        PrlimitCommands.Ls.class,
                                        PrlimitCommands.Set.class,
                                        PrlimitCommands.Unset.class)),
                        new Group("set", "Settings of containers")
                                .commands(List.of(
                                        CtSettings.SetAutostart.class,
                                        ConfinementCommands.SetCapabilities.class,
                                        CtSettings.SetDistribution.class,
                                        CtSettings.SetDnsResolver.class,
                                        CtSettings.SetHostname.class,
                                        CtSettings.SetInitCmd.class,
                                        CtQuota.SetOfRoot.class,
                                        ConfinementCommands.SetSysctl.class,
                                        CtIsolation.SetNesting.class,
                                        CtIsolation.SetReadOnlyRoot.class,
                                        CtIsolation.SetSeccompProfile.class))
                                .leaves(LimitCommands::setOfContainers)
                                .groups(List.of(new Group("raw", "Lines for the programs that run containers")
                                        .commands(List.of(ConfinementCommands.SetRawLxc.class)))),
                        new Group("unset", "Settings of containers, back to their defaults")
                                .commands(List.of(
                                        CtSettings.UnsetAutostart.class,
                                        ConfinementCommands.UnsetCapabilities.class,
                                        CtSettings.UnsetDnsResolver.class,
                                        CtSettings.UnsetHostname.class,
                                        CtSettings.UnsetInitCmd.class,
                                        CtQuota.UnsetOfRoot.class,
                                        ConfinementCommands.UnsetSysctl.class,
                                        CtIsolation.UnsetNesting.class,
                                        CtIsolation.UnsetReadOnlyRoot.class,
                                        CtIsolation.UnsetSeccompProfile.class))
                                .leaves(LimitCommands::unsetOfContainers)
                                .groups(List.of(new Group("raw", "Lines for the programs that run containers")
                                        .commands(List.of(ConfinementCommands.UnsetRawLxc.class))))));
    }

    private static Group trash() {
        return new Group("trash", "What was deleted, and can be brought back for a while")
                .commands(List.of(TrashCommands.Ls.class, TrashCommands.Restore.class, TrashCommands.Prune.class));
    }

    private static Group backup() {
        return new Group("backup", "Backups of containers in directories")
                .commands(List.of(
                        CtBackup.New.class,
                        CtBackup.Ls.class,
                        CtBackup.Verify.class,
                        CtBackup.Restore.class,
                        CtBackup.Del.class,
                        CtBackup.Prune.class));
    }

    private static Group snapshot() {
        return new Group("snapshot", "Snapshots of containers' files", "snap")
                .commands(List.of(
                        CtSnapshot.New.class,
                        CtSnapshot.Ls.class,
                        CtSnapshot.Show.class,
                        CtSnapshot.Del.class,
                        CtSnapshot.Rollback.class,
                        CtSnapshot.Clone.class,
                        CtSnapshot.Mount.class,
                        CtSnapshot.Unmount.class))
                .groups(List.of(new Group("schedule", "Snapshots of containers that are taken by themselves")
                        .commands(List.of(
                                SnapshotSchedule.Set.class, SnapshotSchedule.Unset.class, SnapshotSchedule.Ls.class))));
    }

    private static Group netif() {
        return new Group("netif", "Network interfaces of containers", "net")
                .commands(List.of(
                        NetifCommands.Del.class,
                        NetifCommands.Rename.class,
                        NetifCommands.Set.class,
                        NetifCommands.Ls.class,
                        NetifCommands.Show.class))
                .groups(List.of(
                        new Group("new", "New interfaces, by how they are connected", "create")
                                .commands(List.of(
                                        NetifNew.Bridge.class,
                                        NetifNew.Routed.class,
                                        NetifNew.Private.class,
                                        NetifNew.Macvlan.class,
                                        NetifNew.Physical.class,
                                        NetifNew.None.class)),
                        new Group("ip", "Addresses of interfaces")
                                .commands(List.of(
                                        NetifAddresses.IpAdd.class,
                                        NetifAddresses.IpDel.class,
                                        NetifAddresses.IpLs.class)),
                        new Group("route", "Networks that the host sends to routed interfaces")
                                .commands(List.of(
                                        NetifAddresses.RouteAdd.class,
                                        NetifAddresses.RouteDel.class,
                                        NetifAddresses.RouteLs.class))));
    }

    private static Group network() {
        return new Group("network", "Managed networks, which containers are connected to")
                .commands(List.of(
                        NetworkCommands.New.class,
                        NetworkCommands.Del.class,
                        NetworkCommands.Ls.class,
                        NetworkCommands.Show.class,
                        NetworkCommands.Set.class,
                        NetworkInside.Leases.class,
                        NetworkInside.Addresses.class,
                        NetworkInside.Check.class,
                        NetworkBird.Routes.class,
                        NetworkBird.Configuration.class))
                .groups(List.of(new Group("forward", "Ports of the host that containers answer")
                        .commands(List.of(
                                NetworkInside.ForwardAdd.class,
                                NetworkInside.ForwardDel.class,
                                NetworkInside.ForwardLs.class))));
    }

    private static Group image() {
        return new Group("image", "Images that containers stand on")
                .commands(List.of(
                        ImageCommands.Import.class,
                        ImageNew.class,
                        ImagePublish.class,
                        ImageCommands.Ls.class,
                        ImageCommands.Show.class,
                        ImageCommands.Del.class,
                        ImageCommands.Prune.class))
                .groups(List.of(new Group("build", "Images made of what the host has")
                        .commands(List.of(
                                ImageBuild.Busybox.class,
                                ImageBuild.Debian.class,
                                ImageBuild.Ubuntu.class,
                                ImageBuild.Centos.class,
                                ImageBuild.Fedora.class,
                                ImageBuild.Alpine.class,
                                ImageBuild.FromScript.class,
                                ImageBuild.OfRecipe.class))));
    }

    private static Group repository() {
        return new Group("repository", "Repositories, which images come from", "repo")
                .commands(List.of(
                        RepositoryCommands.Add.class,
                        RepositoryCommands.Del.class,
                        RepositoryCommands.Enable.class,
                        RepositoryCommands.Disable.class,
                        RepositoryCommands.Ls.class,
                        RepositoryCommands.Show.class,
                        RepositoryCommands.Images.class,
                        RepositoryCommands.Init.class,
                        RepositoryCommands.Sign.class));
    }

    private static Group pool() {
        return new Group("pool", "Pools, which hold containers and all that belongs to them")
                .commands(List.of(
                        PoolCommands.Install.class,
                        PoolCommands.Grow.class,
                        PoolCommands.Uninstall.class,
                        PoolCommands.Import.class,
                        PoolCommands.Export.class,
                        PoolCommands.Ls.class,
                        PoolCommands.Show.class))
                .groups(List.of(
                        new Group("dataset", "Datasets of pools, which containers share")
                                .commands(List.of(PoolDataset.Ls.class, PoolDataset.New.class, PoolDataset.Del.class))
                                .groups(List.of(
                                        new Group("set", "Settings of datasets of pools")
                                                .commands(List.of(PoolDataset.SetQuota.class)),
                                        new Group("unset", "Settings of datasets of pools, back to their defaults")
                                                .commands(List.of(PoolDataset.UnsetQuota.class)))),
                        new Group("set", "Settings of pools").commands(List.of(PoolCommands.SetTrashAge.class)),
                        new Group("snapshot", "Snapshots of all in pools")
                                .groups(List.of(new Group("schedule", "Snapshots that are taken by themselves")
                                        .commands(List.of(
                                                SnapshotSchedule.SetOfPool.class,
                                                SnapshotSchedule.UnsetOfPool.class))))));
    }

    private static Group user() {
        return new Group("user", "Users, whose ids containers have on the host")
                .commands(List.of(
                        UserCommands.New.class,
                        UserCommands.Del.class,
                        UserCommands.Ls.class,
                        UserCommands.Show.class,
                        UserCommands.Map.class));
    }

    private static Group idRange() {
        return new Group("id-range", "Id ranges, whose blocks users are given", "id-ranges")
                .commands(List.of(
                        IdRangeCommands.New.class,
                        IdRangeCommands.Del.class,
                        IdRangeCommands.Ls.class,
                        IdRangeCommands.Show.class))
                .groups(List.of(new Group("table", "Blocks of id ranges")
                        .commands(List.of(IdRangeCommands.TableLs.class, IdRangeCommands.TableShow.class))));
    }

    private static Group group() {
        return new Group("group", "Groups, whose containers share a cgroup")
                .commands(List.of(
                        GroupCommands.New.class,
                        GroupCommands.Del.class,
                        GroupCommands.Ls.class,
                        GroupCommands.Show.class,
                        GroupCommands.Tree.class))
                .groups(List.of(
                        new Group("cgparams", "Cgroup parameters of groups, by the kernel's names")
                                .leaves(CgparamCommands::ofGroups),
                        new Group("devices", "Devices that containers in groups may use")
                                .leaves(DeviceCommands::ofGroups),
                        new Group("set", "Settings of groups").leaves(LimitCommands::setOfGroups),
                        new Group("snapshot", "Snapshots of all in groups")
                                .groups(List.of(new Group("schedule", "Snapshots that are taken by themselves")
                                        .commands(List.of(
                                                SnapshotSchedule.SetOfGroup.class,
                                                SnapshotSchedule.UnsetOfGroup.class)))),
                        new Group("unset", "Settings of groups, back to their defaults")
                                .leaves(LimitCommands::unsetOfGroups)));
    }
}
