package berth.engine.mount;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.share.DatasetName;
import berth.engine.storage.Volume;
import berth.linux.mount.MountAttribute;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that is mounted in a container beside its root file system, as its administrator wants it.
 *
 * @param mountpoint where, an absolute path inside
 * @param type what
 * @param fs the directory or file of the host, an absolute path; null unless it is a bind mount of one
 * @param dataset the dataset that it shows, a container's own by its name, a pool's like {@code bulk:media}; null if it shows
 *     something else
 * @param options as {@code --opts} gives them; those of mount(8) that go without saying are left out
 * @param map whom its files belong to inside; {@link Ownership#NONE} if null
 * @param manual whether it waits for {@code activate} at each start
 * @param optional whether the container starts without it if it cannot be mounted
 */
public record Mount(
        String mountpoint,
        MountType type,
        @Nullable String fs,
        @Nullable String dataset,
        @Nullable List<String> options,
        @Nullable Ownership map,
        boolean manual,
        boolean optional) {
    private static final int LONGEST_PATH = 4095;
    private static final int LONGEST_NAME = 255;
    private static final Set<String> COVERED = Set.of("proc", "sys", "dev");
    /** They say how a mount point is made or that a bind is one, which goes without saying. */
    private static final Set<String> IMPLIED = Set.of("", "bind", "defaults", "create=dir", "create=file");

    public Mount {
        mountpoint = normal("mount point", mountpoint);
        options = options == null
                ? List.of()
                : options.stream().filter(o -> !IMPLIED.contains(o)).toList();
        if (mountpoint.equals("/")) {
            throw invalid("the root of a container cannot be mounted over", "name a directory in it, such as /data");
        }
        String first = Path.of(mountpoint).getName(0).toString();
        if (COVERED.contains(first) && !mountpoint.startsWith("/dev/shm")) {
            throw invalid(
                    "/%s of a container is not for mounts".formatted(first),
                    first.equals("dev") ? "'osctl ct devices add' gives it devices" : "name another directory");
        }
        if (dataset != null) {
            requireDataset(dataset, options);
            if (type != MountType.BIND || fs != null || map != null || dataset.equals(Volume.ROOT)) {
                throw invalid(
                        "the mount of a dataset at '%s' is something else too".formatted(mountpoint),
                        "it is of type bind, has no fs and no map, and is not of the root");
            }
        } else if ((fs != null) != (type == MountType.BIND)) {
            throw type == MountType.BIND
                    ? invalid("a bind mount needs a directory or file of the host", "name it by --fs")
                    : invalid("a %s has nothing of the host in it".formatted(type.word()), "leave --fs out");
        }
        if (fs != null) {
            fs = normal("directory or file of the host", fs);
        }
        if (map == Ownership.OWNER && type != MountType.BIND) {
            throw invalid("only a bind mount maps owners", "leave --map out");
        }
        MountOptions.check(type, options);
    }

    private static void requireDataset(String dataset, List<String> options) {
        if (!DatasetName.isMeantBy(dataset)) {
            Volume.requireName(dataset);
            return;
        }
        DatasetName.parse(dataset);
        if (options.contains("suid")) {
            throw invalid(
                    "setuid programs cannot work in dataset '%s', which containers share".formatted(dataset),
                    "leave suid out; they work in a container's own datasets");
        }
    }

    /** The options; never null. */
    @Override
    public List<String> options() {
        return options == null ? List.of() : options;
    }

    /** Whom its files belong to; never null. */
    public Ownership ownership() {
        return Objects.requireNonNullElse(map, Ownership.NONE);
    }

    /** The host's directory or file, of a bind mount. */
    public Optional<String> source() {
        return Optional.ofNullable(fs);
    }

    /** The name of the container's dataset that it shows. */
    public Optional<String> ownDataset() {
        return Optional.ofNullable(dataset).filter(d -> !DatasetName.isMeantBy(d));
    }

    /** The dataset of a pool that it shows. */
    public Optional<DatasetName> sharedDataset() {
        return Optional.ofNullable(dataset).filter(DatasetName::isMeantBy).map(DatasetName::parse);
    }

    /** That of the container's dataset {@code name} at {@code mountpoint}, once for each init. */
    public static Mount ofDataset(String name, String mountpoint) {
        return new Mount(mountpoint, MountType.BIND, null, name, List.of(), null, false, false);
    }

    /** The same of the container's dataset {@code name}. */
    public Mount showing(String name) {
        return new Mount(mountpoint, type, fs, name, options, map, manual, optional);
    }

    /** What it forbids. A container's own dataset holds what its root does, so setuid programs work in it. */
    public Set<MountAttribute> attributes() {
        Set<MountAttribute> attributes = MountOptions.attributes(options());
        if (ownDataset().isPresent() && !options().contains("nosuid")) {
            attributes.remove(MountAttribute.NO_SUID);
        }
        return attributes;
    }

    /** Whether nothing can be written to it. */
    public boolean isReadOnly() {
        return attributes().contains(MountAttribute.READ_ONLY);
    }

    /** Whether it lies beneath {@code other}'s mount point, or on it. */
    public boolean isWithin(Mount other) {
        return Path.of(mountpoint).startsWith(other.mountpoint);
    }

    /** What the kernel is told of a file system in memory. */
    Map<String, String> tmpfsOptions() {
        return MountOptions.ofTmpfs(options());
    }

    /** {@code path} as a mount point is written in its configuration. @throws BerthException INVALID */
    public static String mountpoint(String path) {
        return normal("mount point", path);
    }

    /** Without doubled and trailing slashes. */
    private static String normal(String what, String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals(".") || name.equals("..") || bytes(name) > LONGEST_NAME) {
                throw invalid(
                        "'%s' cannot be the %s: '%s' is not a name".formatted(path, what, name),
                        "write it without '.' and '..'");
            }
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        if (!path.startsWith("/") || bytes(path) > LONGEST_PATH || path.chars().anyMatch(c -> c < ' ')) {
            throw invalid(
                    "'%s' cannot be the %s".formatted(path, what), "write an absolute path, one that begins with /");
        }
        return "/" + String.join("/", names);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** As people write it: {@code /srv/www at /data}. */
    @Override
    public String toString() {
        String what = dataset == null ? type.word() : "dataset " + dataset;
        return (fs == null ? what : fs) + " at " + mountpoint;
    }

    private static BerthException invalid(String message, String hint) {
        return new BerthException(ErrorCode.INVALID, message, hint);
    }
}
