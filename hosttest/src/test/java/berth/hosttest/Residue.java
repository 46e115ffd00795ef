package berth.hosttest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is left of an instance on the machine: looked for where Berth could leave it, without asking Berth. */
final class Residue {
    private static final List<Path> ACCOUNTS = Stream.of("passwd", "group", "shadow", "gshadow", "subuid", "subgid")
            .map(f -> Path.of("/etc", f))
            .toList();

    private final String instance;
    private final Path scratch;
    private final Path runDirectory;
    private final Path stateDirectory;

    Residue(String instance, Path scratch) {
        this.instance = instance;
        this.scratch = scratch;
        this.runDirectory = Path.of("/run", instance);
        this.stateDirectory = Path.of("/var/lib", instance);
    }

    /** What stopped containers have left: processes, mounts, cgroups. */
    List<String> ofRunningContainers() {
        List<String> left = new ArrayList<>();
        processes().filter(this::inCgroup).forEach(p -> left.add("process " + describe(p)));
        mounts().filter(m -> !isOfDaemon(m) && !isPool(m)).forEach(m -> left.add("mount " + m));
        cgroups().filter(c -> c.toString().contains("/ct.")).forEach(c -> left.add("cgroup " + c));
        return left;
    }

    /** What deleted containers have left: as above, and accounts and files. */
    List<String> ofContainers() {
        List<String> left = new ArrayList<>(ofRunningContainers());
        cgroups().filter(c -> c.toString().contains("/user.")).forEach(c -> left.add("cgroup " + c));
        accounts().forEach(a -> left.add("account " + a));
        containerFiles().forEach(f -> left.add("file " + f));
        return left.stream().distinct().toList();
    }

    /** What an instance without pools and without its daemon has left. */
    List<String> ofInstance() {
        List<String> left = new ArrayList<>(ofContainers());
        processes().filter(this::belongs).forEach(p -> left.add("process " + describe(p)));
        mounts().forEach(m -> left.add("mount " + m));
        cgroups().forEach(c -> left.add("cgroup " + c));
        runFiles().forEach(f -> left.add("file " + f));
        return left.stream().distinct().toList();
    }

    /** Removes all of it, by force. */
    void remove() {
        processes()
                .filter(this::belongs)
                .forEach(p -> ProcessHandle.of(Long.parseLong(name(p))).ifPresent(ProcessHandle::destroyForcibly));
        List<String> mounts = mounts().toList();
        mounts.reversed().forEach(m -> run("umount", "-l", m));
        List<Path> cgroups = new ArrayList<>(cgroups().toList());
        cgroups.sort(Comparator.comparingInt(Path::getNameCount).reversed());
        cgroups.forEach(c -> run("rmdir", c.toString()));
        dropAccounts();
        Stream.of(runDirectory, stateDirectory, scratch).forEach(Residue::delete);
    }

    /** Where a daemon on a kernel before 6.15 attaches layers for a moment, and its lxcfs: there as long as it runs. */
    private boolean isOfDaemon(String mount) {
        return Stream.of("overlay", "lxcfs").map(runDirectory::resolve).anyMatch(Path.of(mount)::equals);
    }

    /** A pool's own file system is there as long as the pool is. */
    private boolean isPool(String mount) {
        return scratch.resolve("pool").equals(Path.of(mount).getParent());
    }

    /** The mounts of the instance, in the order in which they were made. */
    private Stream<String> mounts() {
        return lines(Path.of("/proc/self/mountinfo"))
                .map(line -> line.split(" ")[4])
                .filter(m -> Path.of(m).startsWith(runDirectory) || Path.of(m).startsWith(scratch));
    }

    private Stream<Path> processes() {
        return list(Path.of("/proc"))
                .filter(p -> name(p).chars().allMatch(Character::isDigit))
                .filter(p -> !isDeadChildOfInit(p));
    }

    /** When such processes are reaped is up to the machine's init. */
    private static boolean isDeadChildOfInit(Path process) {
        String status = text(process.resolve("status"));
        return status.contains("\nState:\tZ") && status.contains("\nPPid:\t1\n");
    }

    private boolean belongs(Path process) {
        return inCgroup(process)
                || text(process.resolve("cmdline")).contains("--instance\0" + instance + "\0")
                || text(process.resolve("cmdline")).contains(runDirectory + "/");
    }

    private boolean inCgroup(Path process) {
        return text(process.resolve("cgroup")).lines().anyMatch(l -> (l + "/").contains(":/" + instance + "/"));
    }

    private Stream<Path> cgroups() {
        return list(Path.of("/sys/fs/cgroup"))
                .flatMap(h -> Stream.of(h.resolve(instance), h))
                .filter(c -> name(c).equals(instance) && Files.isDirectory(c))
                .flatMap(Residue::directories);
    }

    private Stream<String> accounts() {
        return ACCOUNTS.stream().flatMap(f -> lines(f).filter(this::isOurs).map(l -> f + ": " + l));
    }

    private boolean isOurs(String line) {
        return line.startsWith(instance + "-")
                || line.startsWith(instance + ":")
                || line.contains(":" + instance + "-");
    }

    /** Files of containers in pools; what waits in the trash for its removal does not count. */
    private Stream<Path> containerFiles() {
        return list(scratch.resolve("pool"))
                .flatMap(pool -> Stream.of(
                                "ct",
                                "conf/ct",
                                "conf/user",
                                "conf/dataset",
                                "conf/departure",
                                "conf/pool-dataset",
                                "conf/journal",
                                "conf/journal/user",
                                "conf/journal/pool-dataset",
                                "log/ct")
                        .map(pool::resolve)
                        .filter(Files::isDirectory)
                        .flatMap(Residue::list))
                .filter(f -> !f.endsWith("conf/journal/user") && !f.endsWith("conf/journal/pool-dataset"));
    }

    /** What it has under {@code /run}, but for the empty directories and the fixed files that every daemon lays there. */
    private Stream<Path> runFiles() {
        return tree(runDirectory)
                .filter(f -> !Files.isDirectory(f))
                .filter(f -> !f.startsWith(runDirectory.resolve("seccomp"))
                        && !f.startsWith(runDirectory.resolve("autostarted")));
    }

    private void dropAccounts() {
        Predicate<String> foreign = line -> !isOurs(line);
        try (RandomAccessFile guard = new RandomAccessFile("/etc/.pwd.lock", "rw");
                FileLock held = guard.getChannel().lock()) {
            for (Path file : ACCOUNTS) {
                if (held.isValid() && lines(file).anyMatch(this::isOurs)) {
                    Path next = Files.createTempFile(
                            Path.of("/etc"),
                            name(file),
                            instance,
                            PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(file)));
                    Files.write(next, lines(file).filter(foreign).toList());
                    Files.setAttribute(next, "unix:gid", Files.getAttribute(file, "unix:gid"));
                    Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(file));
                    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(Path process) {
        String status = text(process.resolve("status"))
                .lines()
                .filter(l -> l.startsWith("Name:") || l.startsWith("State:") || l.startsWith("PPid:"))
                .collect(Collectors.joining(" "));
        return "%s: %s %s"
                .formatted(name(process), text(process.resolve("cmdline")).replace('\0', ' '), status);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Stream<Path> directories(Path root) {
        return tree(root).filter(Files::isDirectory);
    }

    /** Everything beneath and with {@code root}. */
    private static Stream<Path> tree(Path root) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    found.add(directory);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    found.add(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.stream();
    }

    private static void delete(Path root) {
        if (Files.exists(root)) {
            run("rm", "-rf", "--one-file-system", root.toString());
        }
    }

    private static Stream<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList().stream();
        } catch (NoSuchFileException e) {
            return Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        return text(file).lines();
    }

    /** Empty if it is gone, as processes may be. */
    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static void run(String... words) {
        try {
            new ProcessBuilder(words).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
