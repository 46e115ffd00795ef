package berth.hosttest;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * This machine with an instance of Berth on it that belongs to one test class.
 *
 * <p>Containers, users, groups and id ranges that a test made are deleted after it. After the class, whatever is left of the
 * instance on the machine fails the class, and is removed.
 */
public final class Host
        implements BeforeAllCallback, AfterAllCallback, AfterEachCallback, TestExecutionExceptionHandler {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern LATE = Pattern.compile("Pool (\\w+) cannot be used: .* did not answer");
    private static final JsonMapper JSON = new JsonMapper();
    /** What is deleted is gone then, as tests of what deletions leave behind expect; {@link TrashContract} is about the trash. */
    private static final String KEEP_NOTHING = "pool set trash-age tank 0";

    static {
        // What holds already is not waited for.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
    }

    private final String instance = "t" + letters(6);
    private final Path scratch = Path.of("/tmp", "berth-" + instance);
    private final Daemon daemon;
    private final Residue residue = new Residue(instance, scratch);
    private final Leftovers leftovers = new Leftovers(this);
    private final List<String> preparation;
    /** What enters the network that it has to itself; empty if it is on the machine's. */
    private final List<String> enterNetwork;
    /** The ZFS pool that its pool {@code tank} is on, if it is on one. */
    private final Optional<Zpool> zpool;

    private Host(List<String> preparation, boolean ownNetwork) {
        this(preparation, ownNetwork, Disk.OF_THE_MACHINE);
    }

    private Host(List<String> preparation, boolean ownNetwork, Disk disk) {
        this.zpool = disk == Disk.ZPOOL ? Optional.of(new Zpool(instance, scratch)) : Optional.empty();
        this.preparation = preparation;
        this.enterNetwork = ownNetwork ? List.of("nsenter", "--net=/run/netns/" + instance) : List.of();
        this.daemon = new Daemon(instance, scratch.resolve("osctld.log"), enterNetwork);
    }

    /** With a running daemon that manages nothing yet. */
    static Host bare() {
        return new Host(List.of(), false);
    }

    /** With a pool {@code tank} that holds the image {@code busybox}. */
    public static Host withBusybox() {
        return withBusybox(false);
    }

    /** The same, in a network namespace: what is there besides its containers, a test made. */
    static Host withBusyboxInNetworkOfItsOwn() {
        return withBusybox(true);
    }

    /** With a pool {@code tank} of driver btrfs, in a file, that holds the image {@code busybox}. */
    public static Host withBusyboxOnBtrfs() {
        Host host = new Host(new ArrayList<>(), false);
        host.preparation.add("pool install --driver btrfs --size 512M --path %s tank".formatted(host.pool("tank")));
        host.preparation.add(KEEP_NOTHING);
        host.preparation.add("image build busybox");
        return host;
    }

    /** With a pool {@code tank} of driver zfs, on a ZFS pool called as the instance, that holds the image {@code busybox}. */
    static Host withBusyboxOnZfs() {
        Host host = new Host(new ArrayList<>(), false, Disk.ZPOOL);
        host.preparation.add("pool install --dataset %s tank".formatted(host.instance));
        host.preparation.add(KEEP_NOTHING);
        host.preparation.add("image build busybox");
        return host;
    }

    private static Host withBusybox(boolean ownNetwork) {
        Host host = new Host(new ArrayList<>(), ownNetwork);
        host.preparation.add("pool install --path %s tank".formatted(host.pool("tank")));
        host.preparation.add(KEEP_NOTHING);
        host.preparation.add("image build busybox");
        return host;
    }

    /** What its pools are on. */
    private enum Disk {
        OF_THE_MACHINE,
        ZPOOL
    }

    // What tests say and ask

    /** Runs {@code osctl} with the words of {@code line}; see {@link Words#of}. */
    public Result osctl(String line) {
        return command(line).run();
    }

    /** Runs {@code osctl} with exactly these arguments. */
    public Result osctl(List<String> arguments) {
        return command(arguments).run();
    }

    /** {@code osctl} with the words of {@code line}, not started yet. */
    public Osctl command(String line) {
        return command(Words.of(line));
    }

    /** {@code osctl} with exactly these arguments, not started yet. */
    public Osctl command(List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(Checkout.programs().resolve("osctl").toString());
        words.addAll(arguments);
        return program(words);
    }

    /** Another program of the host, which finds this instance's {@code osctl} on its PATH. */
    public Osctl program(List<String> words) {
        String path = Checkout.programs() + ":" + System.getenv("PATH");
        return new Osctl(scratch, words, Map.of("OSCTL_INSTANCE", instance, "PATH", path));
    }

    /** What a user types into a shell. */
    public Osctl shell(String script) {
        return program(List.of("sh", "-c", script));
    }

    /** What a user types into a shell of the host that has the network. */
    Osctl networkShell(String script) {
        List<String> words = new ArrayList<>(enterNetwork);
        words.addAll(List.of("sh", "-c", script));
        return program(words);
    }

    /** Runs lines that are not what the test is about: each must succeed. */
    public void given(String... lines) {
        for (String line : lines) {
            Result result = osctl(line);
            if (result.status() != 0) {
                throw new AssertionError("the test needs this to succeed:%n%s".formatted(result));
            }
        }
    }

    /** What a command, which must succeed, prints as JSON. */
    public JsonNode json(String line) {
        Result result = osctl("-j " + line);
        ResultAssert.assertThat(result).succeeds();
        return JSON.readTree(result.stdout());
    }

    /** The state of a container as {@code ct show} tells it. */
    public String state(String container) {
        return json("ct show " + container).get("state").asString();
    }

    /** The host's number of the first process of a container. */
    public int initPid(String container) {
        return json("ct show " + container).get("init_pid").asInt(0);
    }

    /** Waits until a container has come back, with another init than {@code former}, and commands can be run in it. */
    public void awaitReboot(String container, int former) {
        await(container + " has rebooted")
                .atMost(Running.PATIENCE)
                .until(() -> initPid(container), p -> p > 0 && p != former);
        await(container + " runs commands")
                .atMost(Running.PATIENCE)
                // Some have nothing but busybox under its own name.
                .until(() -> Stream.of("true", "/bin/busybox true")
                        .anyMatch(program -> osctl("ct exec %s %s".formatted(container, program))
                                        .status()
                                == 0));
    }

    /** Waits until a container is in {@code state}. */
    public void awaitState(String container, String state) {
        await(container + " is " + state).atMost(Running.PATIENCE).until(() -> state(container), state::equals);
    }

    public String instance() {
        return instance;
    }

    /** A directory of this test class that every user may pass through. */
    public Path scratch() {
        return scratch;
    }

    /** Where the pool {@code name} has its files. */
    public Path pool(String name) {
        return scratch.resolve("pool").resolve(name);
    }

    /** The ZFS pool that its pool {@code tank} is on. */
    Zpool zpool() {
        return zpool.orElseThrow();
    }

    /** The root file system of a running container. */
    public Path rootfs(String container) {
        return Path.of("/proc", Integer.toString(initPid(container)), "root");
    }

    // The daemon

    public Daemon daemon() {
        return daemon;
    }

    /** Kills the daemon without warning. */
    public void killDaemon() {
        daemon.kill();
    }

    /** Starts the daemon, which dies at no fail point, and waits until it answers. */
    public void startDaemon() {
        forgetFailPoints();
        daemon.start();
        await("an answer of osctld")
                .atMost(Running.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> !daemon.isRunning() || osctl("ping").status() == 0);
        if (!daemon.isRunning()) {
            throw new AssertionError("osctld does not start:%n%s".formatted(daemon.log()));
        }
        if (Running.SLOWNESS > 1) {
            giveSlowPoolsTime();
        }
    }

    /**
     * What is emulated may answer when the daemon has given it up; it comes in a moment later, unless it hangs for good. An import
     * waits until it is in with all that was cut off there, and then changes nothing.
     */
    private void giveSlowPoolsTime() {
        Instant end = Instant.now().plusSeconds(60);
        await("pools that answer late")
                .atMost(Running.PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> Instant.now().isAfter(end)
                        || !osctl("pool ls -o problem").stdout().contains("did not answer"));
        LATE.matcher(daemon.log()).results().forEach(late -> osctl("pool import " + late.group(1)));
    }

    /** The daemon dies at {@code failPoints} from now on; empty if nowhere. */
    void letDaemonDieAt(String failPoints) {
        write(failPoints(), failPoints);
    }

    private void forgetFailPoints() {
        try {
            Files.deleteIfExists(failPoints());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path failPoints() {
        return Path.of("/run", instance, "fail-points");
    }

    /** Waits until the daemon has died, and starts one that will not. */
    void restartDeadDaemon() {
        daemon.awaitEnd();
        startDaemon();
    }

    /** What of containers is on the machine: nothing, unless some exist. */
    public List<String> residue() {
        return residue.ofContainers();
    }

    /** What of running containers is on the machine: nothing, unless some run. */
    public List<String> runningResidue() {
        return residue.ofRunningContainers();
    }

    // Around tests

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Checkout.obstacle().or(() -> zpool.flatMap(_ -> Zpool.obstacle())).ifPresent(reason -> {
            System.err.println(context.getDisplayName() + " is skipped: " + reason);
            Assumptions.abort(reason);
        });
        Files.createDirectories(scratch.resolve("pool"));
        for (Path directory : List.of(scratch, scratch.resolve("pool"))) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        }
        if (!enterNetwork.isEmpty()) {
            ResultAssert.assertThat(shell("ip netns add %1$s && ip -n %1$s link set lo up".formatted(instance))
                            .run())
                    .succeeds();
        }
        zpool.ifPresent(z -> z.make(pool("tank")));
        startDaemon();
        given(preparation.toArray(String[]::new));
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        System.err.printf("osctld of '%s':%n%s%n", context.getDisplayName(), daemon.log());
        throw failure;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Running.killAll();
        forgetFailPoints();
        if (!daemon.isRunning()) {
            startDaemon();
        }
        leftovers.delete();
        // An init that was killed is gone for good once everything in its namespace was reaped.
        await("nothing left behind by deleted containers")
                .atMost(Running.PATIENCE)
                .until(residue::ofContainers, List::isEmpty);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!Files.exists(scratch)) {
            return;
        }
        try {
            if (daemon.isRunning()) {
                for (JsonNode pool : json("pool ls")) {
                    osctl("pool uninstall " + pool.get("name").asString());
                }
                daemon.stop();
            }
            zpool.ifPresent(Zpool::destroy);
            List<String> left = residue.ofInstance();
            if (!left.isEmpty()) {
                throw new AssertionError("left behind by the instance:%n%s".formatted(String.join("\n", left)));
            }
        } finally {
            daemon.destroy();
            zpool.ifPresent(Zpool::destroy);
            if (!enterNetwork.isEmpty()) {
                shell("ip netns del " + instance).run();
            }
            residue.remove();
        }
    }

    private static String letters(int count) {
        StringBuilder letters = new StringBuilder();
        RANDOM.ints(count, 'a', 'z' + 1).forEach(c -> letters.append((char) c));
        return letters.toString();
    }

    public static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
