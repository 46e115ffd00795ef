package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The host's programs that managed networks need. They are looked for when they are needed: they may be installed later. */
public final class HostPrograms {
    private final Function<String, Optional<Path>> finder;

    /** @param finder finds a program by its name */
    public HostPrograms(Function<String, Optional<Path>> finder) {
        this.finder = finder;
    }

    /** @throws BerthException UNSUPPORTED if it is not installed */
    Path nft() {
        return finder.apply("nft")
                .orElseThrow(() -> new BerthException(
                        ErrorCode.UNSUPPORTED,
                        "the program nft, which managed networks need, is not installed",
                        "install it: 'apt-get install nftables'"));
    }

    /** Empty if it is not installed: then networks have no DHCP and no name service. */
    Optional<Path> dnsmasq() {
        return finder.apply("dnsmasq");
    }
}
