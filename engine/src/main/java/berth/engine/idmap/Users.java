package berth.engine.idmap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Stand-in. */
public final class Users {
    private final Map<String, User> users = new ConcurrentHashMap<>();

    public void open(String pool, Path directory) {}

    public void close(String pool) {}

    public Optional<User> find(String pool, String name) {
        return Optional.ofNullable(users.get(pool + ":" + name));
    }

    public User get(String pool, String name) {
        return find(pool, name).orElseThrow();
    }

    public void createOwned(String pool, String name) {
        int n = users.size();
        IdMap map = new IdMap(List.of(new IdMapping(0, 1_000_000 + n * 65536, 65536)));
        User user = new User(name, 150_000 + n, map, map, false);
        users.put(pool + ":" + name, user);
        try {
            String account = "stand-" + name;
            add(
                    "/etc/passwd",
                    account + ":x:" + user.ugid() + ":" + user.ugid() + "::/nonexistent:/usr/sbin/nologin\n");
            add("/etc/group", account + ":x:" + user.ugid() + ":\n");
            add("/etc/subuid", account + ":" + map.toHost(0) + ":65536\n");
            add("/etc/subgid", account + ":" + map.toHost(0) + ":65536\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(String file, String line) throws IOException {
        Files.writeString(Path.of(file), line, StandardOpenOption.APPEND);
    }

    public void removeOwned(String pool, String name) {
        users.remove(pool + ":" + name);
    }
}
