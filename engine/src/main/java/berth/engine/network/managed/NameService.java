package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Words;
import berth.engine.store.FileFailure;
import berth.linux.Fd;
import berth.linux.process.Child;
import berth.linux.process.Command;
import berth.linux.process.Pidfd;
import berth.linux.process.PollLoop;
import berth.linux.process.Processes;
import berth.linux.process.Signal;
import berth.linux.process.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DHCP and names for one network, by a dnsmasq of its own. It outlives the daemon, and the next one finds it; when it dies it
 * is started again. Safe for use by several threads.
 */
final class NameService {
    private static final Logger LOG = LoggerFactory.getLogger(NameService.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration BREATH = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final NameServiceFiles files;
    private final HostPrograms programs;
    private final PollLoop poll;
    private final ReentrantLock lock = new ReentrantLock();
    private Network network;
    private @Nullable Pidfd process;
    private boolean isWanted;

    NameService(Network network, NameServiceFiles files, HostPrograms programs, PollLoop poll) {
        this.network = network;
        this.files = files;
        this.programs = programs;
        this.poll = poll;
    }

    /** Serves {@code now} and {@code ports}: by the process that does so already, or a new one. Does nothing without dnsmasq. */
    void start(Network now, Collection<Port> ports) {
        lock.lock();
        try {
            network = now;
            isWanted = true;
            files.make();
            files.keepOnly(ports);
            ports.forEach(this::write);
            String text = files.text(now);
            boolean same = Files.exists(files.configuration())
                    && Files.readString(files.configuration()).equals(text);
            if (process == null) {
                found().ifPresent(this::watch);
            }
            if (process != null && same) {
                process.signal(Signal.HUP);
                return;
            }
            end();
            files.write(files.configuration(), text);
            spawn();
        } catch (IOException e) {
            throw FileFailure.of("read", files.configuration(), e);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the process, for a bridge that is not the one it knows; {@link #start} makes another. */
    void halt() {
        lock.lock();
        try {
            if (process == null) {
                found().ifPresent(this::watch);
            }
            end();
        } finally {
            lock.unlock();
        }
    }

    /** Serves no more, and leaves nothing. */
    void stop() {
        lock.lock();
        try {
            isWanted = false;
            halt();
            files.removeAll();
        } finally {
            lock.unlock();
        }
    }

    /** Serves {@code come} and no longer {@code gone}. */
    void change(List<Port> gone, List<Port> come) {
        lock.lock();
        try {
            if (!isWanted) {
                return;
            }
            gone.forEach(files::remove);
            come.forEach(this::write);
            if (!gone.isEmpty()) {
                forget(gone);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The leases that are known. */
    List<Lease> leases() {
        return Lease.read(files.leases());
    }

    /** The process, empty if it does not run. */
    Optional<Integer> pid() {
        lock.lock();
        try {
            return process == null || process.isExited() ? Optional.empty() : Optional.of(process.pid());
        } finally {
            lock.unlock();
        }
    }

    private void write(Port port) {
        files.put(port);
        files.putNames(port, network.domainName());
    }

    /** dnsmasq would keep an address for its former holder as long as the lease runs. */
    private void forget(List<Port> gone) {
        List<String> addresses = gone.stream()
                .flatMap(p -> p.prefixes().stream())
                .map(p -> Words.text(p.address()))
                .toList();
        if (leases().stream().noneMatch(l -> addresses.contains(l.address()))) {
            if (process != null) {
                process.signal(Signal.HUP);
            }
            return;
        }
        end();
        try {
            List<String> kept = Files.readAllLines(files.leases()).stream()
                    .filter(l -> addresses.stream().noneMatch(a -> l.contains(" " + a + " ")))
                    .toList();
            Files.write(files.leases(), kept);
        } catch (IOException e) {
            LOG.warn("{} cannot be changed: {}", files.leases(), e.getMessage());
        }
        spawn();
    }

    /** A process of a former daemon. */
    private Optional<Pidfd> found() {
        try {
            int pid = Integer.parseInt(Files.readString(files.pid()).strip());
            Optional<Pidfd> opened = Pidfd.open(pid);
            if (opened.isPresent() && (!Processes.commandLine(pid).contains(option()) || Processes.isZombie(pid))) {
                opened.get().close();
                return Optional.empty();
            }
            return opened;
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private String option() {
        return "--conf-file=" + files.configuration();
    }

    private void spawn() {
        Optional<Path> program = programs.dnsmasq();
        if (program.isEmpty()) {
            LOG.warn("Network {} has no DHCP and no name service: dnsmasq is not installed", network.name());
            return;
        }
        try (Fd nothing = Fd.openForReading(Path.of("/dev/null"))) {
            Files.deleteIfExists(files.pid());
            Child child = Spawner.spawn(Command.of(program.get().toString(), option())
                    .withStdin(nothing)
                    .withEnvironment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
                    .grouped(Command.Grouping.OWN_SESSION));
            awaitReady(child);
            watch(child);
        } catch (IOException e) {
            throw FileFailure.of("remove", files.pid(), e);
        }
    }

    /** It writes its number when it has opened its sockets. */
    private void awaitReady(Child child) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(files.pid()) && System.nanoTime() < deadline) {
            if (child.await(PAUSE).isPresent()) {
                child.close();
                throw new BerthException(
                        ErrorCode.FAILED,
                        "dnsmasq of network '%s' does not start: %s".formatted(network.name(), lastWords()),
                        "'osctl network check' may say why");
            }
        }
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(files.log());
            return lines.isEmpty() ? "it says nothing" : lines.getLast().replaceFirst(".*dnsmasq\\[\\d+]: ", "");
        } catch (IOException e) {
            return "it says nothing";
        }
    }

    private void watch(Child child) {
        process = child.pidfd();
        poll.onExit(child.pidfd(), () -> {
            child.await();
            ended(child.pidfd(), child::close);
        });
    }

    private void watch(Pidfd found) {
        process = found;
        poll.onExit(found, () -> ended(found, found::close));
    }

    private void ended(Pidfd former, Runnable close) {
        try {
            lock.lock();
            try {
                boolean isExpected = process != former;
                close.run();
                if (isExpected) {
                    return;
                }
                process = null;
            } finally {
                lock.unlock();
            }
            LOG.warn("dnsmasq of network {} has died and is started again", network.name());
            Thread.sleep(BREATH);
            revive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void revive() throws InterruptedException {
        while (true) {
            lock.lock();
            try {
                if (!isWanted || process != null) {
                    return;
                }
                spawn();
                return;
            } catch (RuntimeException e) {
                LOG.error("Network {} has no DHCP and no name service: {}", network.name(), e.getMessage());
            } finally {
                lock.unlock();
            }
            Thread.sleep(PATIENCE);
        }
    }

    private void end() {
        Pidfd former = process;
        process = null;
        if (former == null) {
            return;
        }
        former.signal(Signal.TERM);
        if (!former.awaitExit(PATIENCE)) {
            former.signal(Signal.KILL);
            former.awaitExit(PATIENCE);
        }
    }
}
