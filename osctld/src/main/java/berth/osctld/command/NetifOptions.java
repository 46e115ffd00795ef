package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Netif;
import berth.engine.network.NetifType;
import berth.engine.network.Shaping;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be chosen for an interface of every type. What is left out stays as it is. */
final class NetifOptions {
    private static final Pattern RATE = Pattern.compile("(\\d{1,15})([kmgt]?)(bit(/s)?)?");
    private static final String UNITS = "kmgt";
    private static final long THOUSAND = 1000;
    private static final String UNLIMITED = "none";

    @Option(
            names = "--hwaddr",
            paramLabel = "MAC",
            description = "its MAC address; by default one of its own is chosen and kept")
    @Nullable
    String hwaddr;

    @Option(names = "--mtu", paramLabel = "BYTES", description = "its MTU; by default that of its bridge, or 1500")
    @Nullable
    Integer mtu;

    @Option(
            names = "--max-tx",
            paramLabel = "RATE",
            description = "how much the container may send: bits per second, also 100M or 1G; 'none' is without limit")
    @Nullable
    String maxTx;

    @Option(names = "--max-rx", paramLabel = "RATE", description = "how much it may receive")
    @Nullable
    String maxRx;

    @Option(names = "--tx-queues", paramLabel = "N", description = "how many queues it sends by")
    @Nullable
    Integer txQueues;

    @Option(names = "--rx-queues", paramLabel = "N", description = "how many queues it receives by")
    @Nullable
    Integer rxQueues;

    @Option(
            names = "--firewall",
            negatable = true,
            description =
                    "whether a guest on a bridge of yours may speak only as the MAC address and the addresses that it"
                            + " has here; on managed networks it always is so")
    @Nullable
    Boolean firewall;

    /** {@code netif} with what was chosen. */
    Netif apply(Netif netif) {
        Netif changed = hwaddr == null ? netif : netif.withHwaddr(hwaddr);
        changed = firewall == null ? changed : changed.withFirewall(firewall);
        changed = mtu == null ? changed : changed.withMtu(mtu);
        boolean limited = maxTx != null || maxRx != null || txQueues != null || rxQueues != null;
        if (!limited) {
            return changed;
        }
        if (!netif.type().isVeth()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "limits and queues of a %s interface cannot be set"
                            .formatted(netif.type().word()),
                    "only the types bridge, routed and private have them");
        }
        Shaping before = netif.shape();
        return changed.withShaping(new Shaping(
                maxTx == null ? before.maxTx() : rate(maxTx).orElse(null),
                maxRx == null ? before.maxRx() : rate(maxRx).orElse(null),
                txQueues == null ? before.txQueues() : txQueues,
                rxQueues == null ? before.rxQueues() : rxQueues));
    }

    /** Bits per second; empty for no limit. */
    private static Optional<Long> rate(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.equals(UNLIMITED) || word.equals("0")) {
            return Optional.empty();
        }
        Matcher matcher = RATE.matcher(word);
        if (!matcher.matches()) {
            throw new BerthException(
                    ErrorCode.INVALID,
                    "'%s' is not a rate".formatted(text),
                    "give bits per second, for instance 500k, 100M or 1G, or 'none'");
        }
        long rate = Long.parseLong(matcher.group(1));
        int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        for (int i = 0; i < power; i++) {
            rate *= THOUSAND;
        }
        return Optional.of(rate);
    }

    /** A new interface of {@code type} with what was chosen. */
    Netif make(Call call, String name, NetifType type, @Nullable String link) {
        return apply(Netif.of(name, type, call.services().containers().network().freshHwaddr(), link));
    }
}
