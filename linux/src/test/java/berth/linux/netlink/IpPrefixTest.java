package berth.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/24,       10.0.0.0/24,       10.0.0.255",
        "10.0.0.1/32,       10.0.0.1/32,       ",
        "10.0.0.1/31,       10.0.0.0/31,       ",
        "10.0.0.6/30,       10.0.0.4/30,       10.0.0.7",
        "192.168.77.5/17,   192.168.0.0/17,    192.168.127.255",
        "1.2.3.4/0,         0.0.0.0/0,         255.255.255.255",
        "fd00::1/64,        fd00::/64,         ",
        "2001:db8:ffff::/33,2001:db8:8000::/33,",
        "::1/128,           ::1/128,           ",
    })
    void aPrefixHasANetworkAndPerhapsABroadcastAddress(String text, String network, String broadcast) {
        IpPrefix prefix = IpPrefix.parse(text);

        assertThat(prefix).hasToString(text);
        assertThat(prefix.network()).hasToString(network).isEqualTo(IpPrefix.parse(network));
        assertThat(prefix.broadcast().map(IpAddresses::text).orElse(null)).isEqualTo(broadcast);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/24,  10.0.0.255,  true",
        "10.0.0.1/24,  10.0.1.0,    false",
        "10.0.0.1/0,   203.0.113.9, true",
        "10.0.0.0/8,   ::1,         false",
        "fd00::/9,     fd7f::1,     true",
        "fd00::/9,     fd80::1,     false",
        "::/0,         10.0.0.1,    false",
    })
    void aPrefixContainsAddresses(String prefix, String address, boolean contained) {
        assertThat(IpPrefix.parse(prefix).contains(IpAddresses.parse(address))).isEqualTo(contained);
    }

    @Test
    void aPrefixContainsSmallerPrefixes() {
        IpPrefix ten = IpPrefix.parse("10.0.0.0/8");

        assertThat(ten.contains(IpPrefix.parse("10.1.0.0/16"))).isTrue();
        assertThat(ten.contains(ten)).isTrue();
        assertThat(ten.contains(IpPrefix.ANY_4)).isFalse();
        assertThat(ten.contains(IpPrefix.parse("11.0.0.0/16"))).isFalse();
    }

    @Test
    void anAddressAloneIsAPrefixOfItsFullLength() {
        assertThat(IpPrefix.parse("10.0.0.1")).hasToString("10.0.0.1/32").matches(IpPrefix::isSingle);
        assertThat(IpPrefix.parse("fd00::1")).hasToString("fd00::1/128").matches(IpPrefix::isSingle);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.1/",
                "/24",
                "10.0.0.1/33",
                "10.0.0.1/-1",
                "10.0.0.1/024",
                "10.0.0/24",
                "10.0.0.256/24",
                "fd00::1/129",
                "fd00::1%lo/64",
                "[::1]/64",
                "localhost",
                "localhost/8",
                "1",
                "0x7f.0.0.1",
                "10.0.0.1/2x",
                ":::/0",
                "1:2:3:4:5:6:7/64",
                " 10.0.0.1",
                "10.0.0.1/24 "
            })
    void whatIsNoPrefixIsRefusedWithoutAskingAnybody(String text) {
        assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:0,            ::",
        "::1,                        ::1",
        "2001:DB8::1,                2001:db8::1",
        "2001:db8:0:1:1:1:1:1,       2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1,         2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1,       2001:db8::1:0:0:1",
        "1:2:3:4:5:6:0:0,            1:2:3:4:5:6::",
        "::ffff:10.0.0.1,            10.0.0.1",
        "10.0.0.1,                   10.0.0.1",
    })
    void anAddressIsWrittenInTheShortestWay(String text, String shortest) {
        assertThat(IpAddresses.text(IpAddresses.parse(text))).isEqualTo(shortest);
    }

    @Test
    void aMacAddressIsReadAndWritten() {
        MacAddress mac = MacAddress.parse("00:16:3E:ff:00:80");

        assertThat(mac).hasToString("00:16:3e:ff:00:80").isEqualTo(MacAddress.of(mac.bytes()));
        assertThat(mac.isMulticast()).isFalse();
        assertThat(MacAddress.parse("01:00:5e:00:00:01").isMulticast()).isTrue();
        assertThatThrownBy(() -> MacAddress.parse("00:16:3e:ff:00")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MacAddress.of(new byte[5])).isInstanceOf(IllegalArgumentException.class);
    }
}
