package berth.engine.idmap;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A user of a pool: one id map for containers, and one system account under which their monitors run.
 *
 * @param ugid the user and group id of the system account
 * @param idRange the range in which it has a block, if it has one
 * @param blockIndex its block's index there
 * @param standalone whether it stays when its last container is deleted
 */
public record User(
        String name,
        long ugid,
        IdMap uidMap,
        IdMap gidMap,
        Optional<String> idRange,
        Optional<Long> blockIndex,
        boolean standalone) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,100}");

    public User {
        requireName(name);
        HostIds _ = HostIds.one(ugid);
        if (uidMap == null || gidMap == null) {
            throw new BerthException(ErrorCode.INVALID, "user '%s' has no id map".formatted(name));
        }
        if (idRange.isPresent() != blockIndex.isPresent()) {
            throw new BerthException(ErrorCode.INVALID, "user '%s' names half a block".formatted(name));
        }
        long account = ugid;
        if (uidMap.fromHost(account).isPresent() || gidMap.fromHost(account).isPresent()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "user '%s' would map its own system account, %d, into its containers".formatted(name, ugid),
                    "choose an --ugid outside the map");
        }
    }

    /** Refuses a name that no user can have. @throws BerthException INVALID */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a name for a user".formatted(name),
                    "use up to 100 lower case letters, digits, '_' and '-'");
        }
    }

    /** Every id that it keeps from others: those of its maps and that of its account. */
    List<HostIds> hostIds() {
        List<HostIds> ids = new ArrayList<>(uidMap.hostIds());
        ids.addAll(gidMap.hostIds());
        ids.add(HostIds.one(ugid));
        return ids;
    }
}
