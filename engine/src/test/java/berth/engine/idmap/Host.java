package berth.engine.idmap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A host with account files of its own, as {@code osctl} sees it: instances, pools and their users. */
final class Host {
    private final Path root;

    /** One that nothing is ever asked of: what a test field holds before its test. */
    Host() {
        this(Path.of("/nonexistent"));
    }

    private Host(Path root) {
        this.root = root;
    }

    static Host in(Path root) {
        Host host = new Host(root);
        host.write("passwd", "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:,,,:/home/alice:/bin/sh\n");
        host.write("group", "root:x:0:\nalice:x:1000:\nvideo:x:44:alice\n");
        host.write("subuid", "alice:100000:65536\n");
        host.write("subgid", "alice:100000:65536\n");
        return host;
    }

    Path etc() {
        return root.resolve("etc");
    }

    SystemAccounts accounts(String instance) {
        return new SystemAccounts(etc(), instance);
    }

    Path conf(String pool) {
        return root.resolve(pool).resolve("conf");
    }

    void write(String file, String text) {
        try {
            Files.createDirectories(etc());
            Files.writeString(etc().resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> read(String file) {
        try {
            return Files.readAllLines(etc().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
