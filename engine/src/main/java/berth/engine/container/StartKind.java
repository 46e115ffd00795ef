package berth.engine.container;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.guest.GuestIdentity;
import berth.engine.guest.GuestTree;
import berth.engine.operation.OperationKind;
import berth.engine.operation.Progress;
import berth.engine.operation.Step;
import berth.engine.runtime.Launcher;
import berth.engine.runtime.Monitor;
import berth.engine.runtime.Monitors;
import berth.engine.runtime.RunPlan;
import berth.engine.storage.RootFilesystem;
import berth.linux.Fd;
import berth.linux.file.Directory;
import berth.linux.file.FileStat;
import berth.linux.file.FileType;
import berth.linux.file.Resolution;
import berth.linux.mount.MountAttribute;
import berth.linux.mount.Mounts;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The start of a container, from nothing of it on the host to a running init. */
final class StartKind implements OperationKind<StartKind.Plan> {
    /**
     * @param limit the longest time LXC may take, in milliseconds
     * @param boot what it runs from instead of its own root file system, if it does
     */
    record Plan(String pool, String id, long limit, Optional<Boot> boot) {}

    private static final int ANY_EXECUTE = 0111;

    private final Containers containers;
    private final RunPlans plans;
    private final ContainerLimits limits;
    private final ContainerDevices devices;
    private final Launcher launcher;
    private final Monitors monitors;
    private final StartGate gate;
    private final GuestInterfaces guests;
    private final Boots boots;
    private final ContainerLog log;
    private final SecureRandom random = new SecureRandom();

    StartKind(
            Containers containers,
            RunPlans plans,
            ContainerLimits limits,
            ContainerDevices devices,
            Launcher launcher,
            Monitors monitors,
            StartGate gate,
            GuestInterfaces guests,
            Boots boots,
            ContainerLog log) {
        this.containers = containers;
        this.plans = plans;
        this.limits = limits;
        this.devices = devices;
        this.launcher = launcher;
        this.monitors = monitors;
        this.gate = gate;
        this.guests = guests;
        this.boots = boots;
        this.log = log;
    }

    @Override
    public String name() {
        return "ct start";
    }

    @Override
    public Class<Plan> planType() {
        return Plan.class;
    }

    @Override
    public String subject(Plan plan) {
        return Containers.subject(plan.pool(), plan.id());
    }

    @Override
    public List<Step> steps(Plan plan, Progress progress) {
        RootMount root = new RootMount(remarks -> mount(plan, remarks));
        List<Step> steps = new ArrayList<>();
        plan.boot()
                .ifPresent(boot -> steps.add(Step.of(
                        "make other root",
                        () -> boots.make(container(plan), boot),
                        () -> boots.discard(container(plan)))));
        steps.addAll(List.of(
                Step.of(
                        "make cgroup",
                        () -> {
                            root.begin();
                            makeCgroup(plan, progress);
                        },
                        () -> {
                            root.discard();
                            launcher.removeCgroup(run(plan));
                        }),
                Step.of("write LXC configuration", () -> configure(plan), () -> launcher.unconfigure(run(plan))),
                Step.of(
                        "mount root file system",
                        () -> attach(plan, root, progress),
                        () -> launcher.detachRoot(run(plan))),
                Step.commit("start monitor", () -> start(plan))));
        return steps;
    }

    @Override
    public Effect effect(Plan plan) {
        try (Monitor monitor = monitors.find(run(plan)).orElse(null)) {
            return monitor == null ? Effect.ABSENT : Effect.PRESENT;
        }
    }

    private void makeCgroup(Plan plan, Progress progress) {
        launcher.makeCgroup(run(plan));
        limits.prepare(container(plan), progress);
        devices.prepare(container(plan));
    }

    private void configure(Plan plan) throws IOException {
        RunPlan run = run(plan);
        launcher.configure(run);
        if (plan.boot().isPresent()) {
            boots.note(run, plan.boot().get());
        }
    }

    private void start(Plan plan) throws InterruptedException {
        // Whoever asked for the start finds the monitor by its cgroup; this one is only proof that it is there.
        try (StartGate.Start start = gate.watch(container(plan))) {
            try {
                launcher.start(run(plan), Duration.ofMillis(plan.limit())).close();
            } catch (BerthException e) {
                // LXC only knows that its hook failed.
                throw start.failure().orElse(e);
            }
        }
    }

    private void attach(Plan plan, RootMount root, Progress progress) throws InterruptedException {
        Container container = container(plan);
        Consumer<String> remarks = text -> {
            log.add(container, text);
            progress.note(text);
        };
        try (Fd mount = root.await(remarks)) {
            launcher.attachRoot(run(plan), mount);
            plan.boot().ifPresent(boot -> boots.mountOwn(container, run(plan), boot));
        }
    }

    /** Its root file system, attached nowhere, with what it has to say about itself written into it. */
    private Fd mount(Plan plan, Consumer<String> remarks) {
        Container container = container(plan);
        RunPlan run = run(plan);
        RootFilesystem root = plan.boot().map(b -> boots.root(container, b)).orElseGet(() -> plans.root(container));
        Fd mount = container.pool().driver().mount(root);
        try (Directory rootfs = Directory.of(mount.dup(), Resolution.IN_ROOT)) {
            requireInit(container, run, rootfs);
            GuestTree tree = new GuestTree(rootfs, root.rootUid(), root.rootGid(), remarks);
            GuestFiles files = new GuestFiles(tree);
            files.hostname(run.hostname());
            distinguish(tree, root);
            guests.write(container, tree);
            if (run.isolation().readOnlyRoot() && plan.boot().isEmpty()) {
                // What is mounted read-only here, nobody in the guest's user namespace can mount otherwise.
                Mounts.setAttributes(mount, Set.of(MountAttribute.READ_ONLY));
            }
            return mount;
        } catch (RuntimeException e) {
            mount.close();
            throw e;
        }
    }

    private void distinguish(GuestTree tree, RootFilesystem root) {
        try (Directory image = Directory.open(root.imageTree(), Resolution.IN_ROOT)) {
            new GuestIdentity(tree, random).distinguishFrom(new GuestTree(image, 0, 0, _ -> {}));
        }
    }

    private static void requireInit(Container container, RunPlan run, Directory rootfs) {
        String init = run.init().getFirst();
        Optional<FileStat> file = rootfs.statTarget(init.substring(1));
        String problem = null;
        if (file.isEmpty()) {
            problem = "does not exist in it";
        } else if (file.get().type() != FileType.REGULAR || (file.get().mode() & ANY_EXECUTE) == 0) {
            problem = "is not a program";
        }
        if (problem != null) {
            throw new BerthException(
                    ErrorCode.WRONG_STATE,
                    "container '%s' cannot be started: its init %s %s".formatted(container.name(), init, problem),
                    "name another one with 'osctl ct set init-cmd %s PROGRAM', or use an image that has an init"
                            .formatted(container.name()));
        }
    }

    private Container container(Plan plan) {
        return containers.existing(new ContainerId(plan.pool(), plan.id()));
    }

    private RunPlan run(Plan plan) {
        return plan.boot().isPresent() ? plans.ofOtherImage(container(plan)) : plans.of(container(plan));
    }
}
