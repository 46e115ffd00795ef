package berth.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Sha256Test {
    private final MessageDigest digest = Sha256.create();

    /** FIPS 180-4's own example. */
    @Test
    void itIsTheStandards() {
        assertThat(HexFormat.of().formatHex(digest.digest("abc".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void thisHostsLibraryComputesIt() {
        assertThat(digest).isInstanceOf(Sha256.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 65_535, 65_536, 65_537, 1_000_000})
    void itIsWhatTheJdkComputesWhateverTheLength(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);

        assertThat(digest.digest(bytes)).isEqualTo(Sha256.ofJdk().digest(bytes));
    }

    @Test
    void itDoesNotMatterInWhichPartsTheBytesCome() {
        byte[] bytes = new byte[200_000];
        new Random(1).nextBytes(bytes);
        digest.update(bytes[0]);
        digest.update(bytes, 1, 99_999);
        digest.update(
                ByteBuffer.allocateDirect(100_000).put(bytes, 100_000, 100_000).flip());

        assertThat(digest.digest()).isEqualTo(Sha256.ofJdk().digest(bytes));
    }

    @Test
    void aBufferIsReadFromItsPositionToItsLimit() {
        ByteBuffer buffer = ByteBuffer.wrap("-abc-".getBytes(StandardCharsets.US_ASCII))
                .position(1)
                .limit(4);
        digest.update(buffer);

        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(digest.digest()).isEqualTo(Sha256.ofJdk().digest("abc".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void afterAResultItBeginsAnew() {
        digest.update((byte) 1);
        digest.digest();

        assertThat(digest.digest()).isEqualTo(Sha256.ofJdk().digest());
    }
}
