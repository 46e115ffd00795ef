package berth.osctld.transfer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The proxies that an environment names, as curl and apt read it: http_proxy, https_proxy, no_proxy, in either case. */
final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI address) {
        return variable(address.getScheme() + "_proxy")
                .filter(_ -> !isExempt(address.getHost()))
                .flatMap(EnvironmentProxies::parse)
                .map(proxy -> List.of(new Proxy(Proxy.Type.HTTP, proxy)))
                .orElse(List.of(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException reason) {}

    private boolean isExempt(String host) {
        return Arrays.stream(variable("no_proxy").orElse("").split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .anyMatch(entry -> entry.equals("*")
                        || host.equalsIgnoreCase(entry)
                        || host.toLowerCase(Locale.ROOT)
                                .endsWith(
                                        "." + entry.replaceFirst("^\\*?\\.", "").toLowerCase(Locale.ROOT)));
    }

    private static Optional<InetSocketAddress> parse(String proxy) {
        URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
        return Optional.ofNullable(address.getHost())
                .map(host -> new InetSocketAddress(host, address.getPort() < 0 ? 80 : address.getPort()));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }
}
