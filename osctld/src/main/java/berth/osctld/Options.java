package berth.osctld;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.Instance;
import java.util.Iterator;
import java.util.List;

/**
 * What the daemon's command line says.
 *
 * @param instance the instance it is
 * @param failPoints whether the file {@link Instance#failPoints} may make it crash, for tests
 */
record Options(Instance instance, boolean failPoints) {
    static final String USAGE = """
            usage: osctld [--instance NAME] [--foreground]

            The daemon of Berth, a host for Linux system containers.
              --instance NAME   what it owns on this host is named NAME (default: osctl, or OSCTL_INSTANCE)
              --foreground      stay attached to the terminal
              --help            show this
            example: osctld --instance test --foreground
            """;

    /** @throws BerthException USAGE */
    static Options parse(List<String> words) {
        String name = System.getenv().getOrDefault("OSCTL_INSTANCE", Instance.DEFAULT_NAME);
        boolean failPoints = false;
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            switch (word) {
                case "--instance" -> {
                    if (!rest.hasNext()) {
                        throw new BerthException(ErrorCode.USAGE, "--instance needs a name");
                    }
                    name = rest.next();
                }
                case "--foreground" -> {}
                case "--allow-fail-points" -> failPoints = true;
                default -> {
                    throw new BerthException(ErrorCode.USAGE, "'%s' is not an option of osctld".formatted(word));
                }
            }
        }
        return new Options(Instance.of(name), failPoints);
    }
}
