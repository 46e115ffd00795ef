package berth.engine.network.managed;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Errno;
import berth.linux.KernelException;
import berth.linux.netlink.NftChange;
import berth.linux.netlink.NftFamily;
import berth.linux.netlink.NftSocket;
import berth.linux.netlink.NftTable;
import berth.linux.process.Capture;
import berth.linux.process.Captured;
import berth.linux.process.Command;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The nftables of an instance, one table for each family: rules by {@code nft}, once for each change of the set of networks;
 * elements by netlink, whenever a container's interface comes or goes. For use by one thread at a time.
 */
final class Filter {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** How many elements are changed in one transaction, which the kernel must have the memory for. */
    private static final int PORTION = 2000;

    private final String table;
    private final HostPrograms programs;

    Filter(String instance, HostPrograms programs) {
        this.table = table(instance);
        this.programs = programs;
    }

    /** The name of an instance's tables. */
    static String table(String instance) {
        return "berth-" + instance;
    }

    /** Makes the rules those of {@code networks} and the elements {@code wanted}, whatever was there. */
    void load(Collection<Network> networks, SequencedSet<FilterElement> wanted) {
        loadRules(networks);
        try (NftSocket socket = NftSocket.open()) {
            SequencedSet<FilterElement> present = new LinkedHashSet<>();
            for (FilterSet set : FilterSet.values()) {
                socket.elements(table(set).set(set.word())).forEach(e -> present.add(new FilterElement(set, e)));
            }
            commit(socket, FilterElement.missing(present, wanted), FilterElement.missing(wanted, present));
        }
    }

    /** Makes the rules those of {@code networks}. */
    void loadRules(Collection<Network> networks) {
        String text = Ruleset.text(table, networks);
        Captured loaded = nft(text);
        if (!loaded.status().isSuccess()) {
            // Sets of another version of Berth.
            remove();
            loaded = nft(text);
        }
        if (!loaded.status().isSuccess()) {
            throw new BerthException(
                    ErrorCode.FAILED,
                    "the rules of the networks cannot be loaded: %s"
                            .formatted(loaded.errorText()
                                    .lines()
                                    .findFirst()
                                    .orElse(loaded.status().toString())),
                    "does the kernel have nftables, with bridges and NAT?");
        }
    }

    /** Takes away {@code gone} and adds {@code come}. @throws KernelException ENOENT if somebody has flushed the tables */
    void change(List<FilterElement> gone, List<FilterElement> come) {
        if (gone.isEmpty() && come.isEmpty()) {
            return;
        }
        try (NftSocket socket = NftSocket.open()) {
            commit(socket, gone, come);
        }
    }

    /** Takes all of it away. */
    void remove() {
        try (NftSocket socket = NftSocket.open()) {
            for (NftFamily family : List.of(NftFamily.BRIDGE, NftFamily.INET)) {
                try {
                    socket.commit(NftChange.deleteTable(new NftTable(family, table)));
                } catch (KernelException e) {
                    if (!e.is(Errno.ENOENT)) {
                        throw e;
                    }
                }
            }
        }
    }

    private void commit(NftSocket socket, List<FilterElement> gone, List<FilterElement> come) {
        for (int from = 0; from < gone.size(); from += PORTION) {
            List<FilterElement> some = gone.subList(from, Math.min(gone.size(), from + PORTION));
            boolean last = from + PORTION >= gone.size();
            // A key of a map can have another value only in the transaction that takes it away, or later.
            List<FilterElement> first = last ? come.subList(0, Math.min(come.size(), PORTION)) : List.of();
            send(socket, some, first);
        }
        for (int from = gone.isEmpty() ? 0 : PORTION; from < come.size(); from += PORTION) {
            send(socket, List.of(), come.subList(from, Math.min(come.size(), from + PORTION)));
        }
    }

    private void send(NftSocket socket, List<FilterElement> gone, List<FilterElement> come) {
        List<NftChange> changes = new ArrayList<>();
        bySet(gone)
                .forEach((set, elements) -> changes.add(NftChange.delete(
                        table(set).set(set.word()),
                        elements.stream().map(FilterElement::element).toList())));
        bySet(come)
                .forEach((set, elements) -> changes.add(NftChange.add(
                        table(set).set(set.word()),
                        elements.stream().map(FilterElement::element).toList())));
        socket.commit(changes);
    }

    private static Map<FilterSet, List<FilterElement>> bySet(List<FilterElement> elements) {
        return elements.stream().collect(Collectors.groupingBy(FilterElement::set));
    }

    private NftTable table(FilterSet set) {
        return new NftTable(set.family(), table);
    }

    private Captured nft(String text) {
        return run(programs, text, "-f", "-");
    }

    /** What {@code nft} with {@code words} says. */
    static Captured run(HostPrograms programs, String input, String... words) {
        List<String> command = new ArrayList<>(List.of(programs.nft().toString()));
        command.addAll(Arrays.asList(words));
        try {
            return Capture.of(Command.of(command))
                    .withInput(input.getBytes(StandardCharsets.UTF_8))
                    .keeping(1 << 24)
                    .run(LIMIT);
        } catch (TimeoutException e) {
            throw new BerthException(ErrorCode.TIMEOUT, "nft does not end: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BerthException(ErrorCode.CANCELLED, "cancelled");
        }
    }
}
