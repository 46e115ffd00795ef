package berth.engine.container;

import berth.engine.isolation.Isolation;
import java.util.List;
import java.util.Optional;

/**
 * A wish for a container.
 *
 * @param pool the pool to hold it
 * @param id its id
 * @param image the id of an image of that pool, 64 hex digits
 * @param user an existing user; one of its own is made if empty
 * @param group an existing group; the default one if empty
 * @param hostname its host name; its id if empty
 * @param dnsResolvers addresses of its DNS servers
 * @param isolation what of its isolation is chosen
 */
public record NewContainer(
        String pool,
        String id,
        String image,
        Optional<String> user,
        Optional<String> group,
        Optional<String> hostname,
        List<String> dnsResolvers,
        Isolation isolation) {}
