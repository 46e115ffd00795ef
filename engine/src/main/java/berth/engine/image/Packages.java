package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Yaml;
import berth.linux.KernelException;
import berth.linux.file.Directory;
import berth.linux.file.FileName;
import berth.linux.file.FileStat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Directories that are no root file system, but what some tool packs one into. */
final class Packages {
    /** The lowest layers are what images have in common. */
    private static final int MOST_STRATA = 8;

    private static final String VPSADMINOS = "metadata.yml";
    private static final List<String> BASES = List.of("rootfs/base.tar.gz", "rootfs/base.tar");
    private static final List<String> STREAMS = List.of("rootfs/base.dat.gz", "rootfs/base.dat");

    private final Archives archives;
    private final Notes notes;

    Packages(Archives archives, Notes notes) {
        this.archives = archives;
        this.notes = notes;
    }

    /** What the {@code metadata.yml} of an archive of vpsAdminOS says. */
    private record Exported(List<String> datasets) {}

    /** Whether {@code directory} is a package and no root file system. */
    static boolean isOne(Directory directory) {
        return OciImage.isLayout(directory) || OciImage.isSaved(directory) || isExported(directory);
    }

    /**
     * A reader of the root file system in {@code directory}, which {@link #isOne is a package}, stays open and is the caller's.
     *
     * @throws CorruptArchiveException if it breaks the rules of its format
     * @throws BerthException UNSUPPORTED if it is one that Berth cannot use
     */
    ArchiveReader open(Directory directory) throws IOException {
        return isExported(directory)
                ? openExported(directory)
                : new LayersReader(directory, layers(directory), archives);
    }

    /**
     * As {@link #open}, in parts of which each can be an image that the next stands on. Many layers are no many parts: each has a tree of
     * its own.
     */
    List<Stratum> strata(Directory directory) throws IOException {
        if (isExported(directory)) {
            return List.of(() -> openExported(directory));
        }
        List<String> layers = layers(directory);
        int apart = Math.min(layers.size(), MOST_STRATA) - 1;
        List<Stratum> strata = new ArrayList<>();
        for (int i = 0; i < apart; i++) {
            strata.add(stratum(directory, layers.subList(i, i + 1), i));
        }
        strata.add(stratum(directory, layers.subList(apart, layers.size()), apart));
        return strata;
    }

    private Stratum stratum(Directory directory, List<String> layers, int below) {
        return below == 0
                ? () -> new LayersReader(directory, layers, archives)
                : () -> LayersReader.above(directory, layers, archives);
    }

    private List<String> layers(Directory directory) throws IOException {
        OciImage image = new OciImage(directory, notes);
        return OciImage.isLayout(directory) ? image.layersOfLayout() : image.layersOfSaved();
    }

    static boolean holdsFile(Directory directory, String path) {
        try {
            return directory.statTarget(path).filter(FileStat::isRegular).isPresent();
        } catch (KernelException e) {
            return false;
        }
    }

    private static boolean isExported(Directory directory) {
        return holdsFile(directory, VPSADMINOS)
                && Stream.concat(BASES.stream(), STREAMS.stream()).anyMatch(path -> holdsFile(directory, path));
    }

    private ArchiveReader openExported(Directory directory) throws IOException {
        String base = BASES.stream()
                .filter(path -> holdsFile(directory, path))
                .findFirst()
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "the archive holds a stream of ZFS, which only ZFS can read",
                        "take the archive of format tar"));
        Exported exported = exported(directory);
        if (!exported.datasets().isEmpty()) {
            notes.add("of the archive's datasets only the root's was taken: left out are "
                    + FileName.printable(String.join(", ", exported.datasets())));
        }
        return archives.open(new BufferedInputStream(OciImage.open(directory, base)));
    }

    private static Exported exported(Directory directory) throws CorruptArchiveException {
        try {
            String text = new String(directory.readFile(VPSADMINOS, Yaml.LIMIT), StandardCharsets.UTF_8);
            return Yaml.read(text, Exported.class);
        } catch (KernelException | BerthException e) {
            throw new CorruptArchiveException("its %s cannot be read: %s".formatted(VPSADMINOS, e.getMessage()));
        }
    }
}
