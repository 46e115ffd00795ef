package berth.engine.network.managed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.network.Words;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressTableTest {
    private static AddressTable table(String subnet) {
        return AddressTable.of(Network.of("net0", NetworkKind.NAT, subnet, null), true)
                .orElseThrow();
    }

    private static InetAddress ip(String text) {
        return Words.address(text);
    }

    @Test
    void aLargeNetworkHasAnAddressForEachOf65000Containers() {
        AddressTable table = table("10.102.0.0/16");
        Set<InetAddress> given = new HashSet<>();

        for (int i = 0; i < 65_000; i++) {
            given.add(table.allocate("tank:c" + i));
        }

        assertThat(given).hasSize(65_000).doesNotContain(ip("10.102.0.0"), ip("10.102.0.1"), ip("10.102.255.255"));
    }

    @Test
    void noTwoHaveTheSameWhateverIsGivenAndTakenBack() {
        Random random = new Random(20_250_101);
        AddressTable table = table("10.102.0.0/16");
        Map<InetAddress, String> expected = new HashMap<>();
        List<InetAddress> held = new ArrayList<>();

        for (int i = 0; i < 200_000; i++) {
            String holder = "tank:c" + i;
            int choice = random.nextInt(10);
            if (choice < 5 && held.size() < 60_000) {
                InetAddress address = table.allocate(holder);
                assertThat(expected.put(address, holder)).isNull();
                held.add(address);
            } else if (choice < 7) {
                InetAddress address = ip("10.102.%d.%d".formatted(random.nextInt(256), 2 + random.nextInt(250)));
                if (!expected.containsKey(address)) {
                    table.reserve(address, holder);
                    expected.put(address, holder);
                    held.add(address);
                } else {
                    assertThatThrownBy(() -> table.reserve(address, holder))
                            .hasMessageContaining(expected.get(address));
                }
            } else if (!held.isEmpty()) {
                int place = random.nextInt(held.size());
                InetAddress address = held.set(place, held.getLast());
                held.removeLast();
                table.release(address, Objects.requireNonNull(expected.remove(address)));
            }
        }

        assertThat(expected).hasSameSizeAs(held);
    }

    @Test
    void anAddressGivenBackIsTheLastToBeGivenAgain() {
        AddressTable table = table("10.0.5.0/24");
        InetAddress first = table.allocate("tank:a");
        table.release(first, "tank:a");

        assertThat(table.allocate("tank:b")).isNotEqualTo(first);
    }

    @Test
    void theHolderOfAnAddressIsNamed() {
        AddressTable table = table("10.0.5.0/24");
        table.reserve(ip("10.0.5.7"), "tank:web");
        table.reserve(ip("10.0.5.7"), "tank:web");

        assertThatThrownBy(() -> table.reserve(ip("10.0.5.7"), "tank:db"))
                .hasMessage("address 10.0.5.7 belongs to container 'tank:web'")
                .extracting(e -> ((BerthException) e).code())
                .isEqualTo(ErrorCode.IN_USE);
    }

    @Test
    void addressesOfAllOrOfTheHostAreNobodys() {
        AddressTable table = table("10.0.5.0/24");

        assertThatThrownBy(() -> table.reserve(ip("10.0.5.0"), "tank:a")).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> table.reserve(ip("10.0.5.1"), "tank:a")).hasMessageContaining("host's own");
        assertThatThrownBy(() -> table.reserve(ip("10.0.5.255"), "tank:a")).isInstanceOf(BerthException.class);
        assertThatThrownBy(() -> table.reserve(ip("10.0.6.1"), "tank:a")).hasMessageContaining("10.0.5.0/24");
    }

    @Test
    void theSmallestNetworkHasOne() {
        AddressTable table = table("10.0.5.0/30");

        assertThat(table.allocate("tank:a")).isEqualTo(ip("10.0.5.2"));
        assertThatThrownBy(() -> table.allocate("tank:b")).hasMessageContaining("no free address");
    }

    @Test
    void aChosenRangeIsNotLeft() {
        Network network =
                Network.of("net0", NetworkKind.NAT, "10.0.5.0/24", null).withRange("10.0.5.20-10.0.5.21");
        AddressTable table = AddressTable.of(network, true).orElseThrow();

        assertThat(table.allocate("tank:a")).isEqualTo(ip("10.0.5.20"));
        assertThat(table.allocate("tank:b")).isEqualTo(ip("10.0.5.21"));
        assertThatThrownBy(() -> table.allocate("tank:c")).hasMessageContaining("no free address");
    }

    @Test
    void whatWasNotToBeIsTakenBack() {
        AddressTable table = table("10.0.5.0/24");
        table.reserve(ip("10.0.5.7"), "tank:web");
        table.reserve(ip("10.0.5.8"), "tank:web");

        table.keepOnly("tank:web", List.of(ip("10.0.5.8")));

        table.reserve(ip("10.0.5.7"), "tank:db");
        assertThatThrownBy(() -> table.reserve(ip("10.0.5.8"), "tank:db")).hasMessageContaining("tank:web");
    }

    @Test
    void ipv6AddressesBeginAtTheBeginning() {
        AddressTable table = AddressTable.of(Network.of("net0", NetworkKind.NAT, null, "fd00:5::/64"), false)
                .orElseThrow();

        assertThat(table.allocate("tank:a")).isEqualTo(ip("fd00:5::100"));
        table.reserve(ip("fd00:5::ffff:ffff:ffff:ffff"), "tank:b");
        assertThatThrownBy(() -> table.reserve(ip("fd00:5::"), "tank:b")).isInstanceOf(BerthException.class);
    }
}
