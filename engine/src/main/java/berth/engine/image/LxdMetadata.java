package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What the {@code metadata.yaml} of an image of LXD or Incus says of it.
 *
 * @param architecture in the kernel's words, for instance {@code x86_64}
 * @param properties {@code os}, {@code release} and others
 */
record LxdMetadata(Optional<String> architecture, Map<String, String> properties) {
    /** Where it is in the archive. */
    static final String FILE = "metadata.yaml";

    private static final String HARMLESS = "[A-Za-z0-9._+~-]{1,64}";

    /** @throws BerthException INVALID if {@code text} is no such file */
    static LxdMetadata of(String text) {
        return Yaml.read(text, LxdMetadata.class);
    }

    /**
     * That of the archive {@code stream}, which is read as far as to it.
     *
     * @throws BerthException UNTRUSTED if it has none or is broken
     */
    static LxdMetadata find(InputStream stream, Archives archives) {
        try (ArchiveReader archive = archives.open(stream)) {
            for (var entry = archive.next(); entry.isPresent(); entry = archive.next()) {
                if (entry.get().name().matches("(\\./)?" + FILE) && entry.get().size() <= Yaml.LIMIT) {
                    return of(read(archive, (int) entry.get().size()));
                }
            }
        } catch (IOException e) {
            throw Unpacker.broken(e);
        } catch (BerthException e) {
            throw new BerthException(
                    ErrorCode.UNTRUSTED, "its %s cannot be read: %s".formatted(FILE, e.getMessage()), null, e);
        }
        throw new BerthException(
                ErrorCode.UNTRUSTED,
                "the first of two archives holds no " + FILE,
                "give the archive with the metadata first, the one with the root file system second");
    }

    private static String read(ArchiveReader archive, int size) throws IOException {
        byte[] text = new byte[size];
        int filled = 0;
        int count = 0;
        while (count >= 0 && filled < size) {
            filled += count;
            count = archive.read(text, filled, size - filled);
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    /** {@code facts}, and what they leave open as this says it. */
    TreeFacts complete(TreeFacts facts) {
        return new TreeFacts(
                facts.distribution().equals("unknown")
                        ? property("os").map(String::toLowerCase).orElse("unknown")
                        : facts.distribution(),
                facts.version().isEmpty() ? property("release").orElse("") : facts.version(),
                facts.architecture(),
                facts.init());
    }

    private Optional<String> property(String key) {
        return Optional.ofNullable(properties.get(key)).filter(value -> value.matches(HARMLESS));
    }
}
