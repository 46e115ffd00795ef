package berth.linux.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileNameTest {
    @Test
    void utf8NamesAreThemselves() {
        assertThat(FileName.decode("größe/日本𝄞".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("größe/日本𝄞");
        assertThat(FileName.encode("größe/日本𝄞")).isEqualTo("größe/日本𝄞".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anyBytesComeBackUnchanged() {
        Random random = new Random(7);
        assertThat(random.ints(20_000, 0, 12).mapToObj(length -> {
                    byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    return bytes;
                }))
                .allSatisfy(bytes ->
                        assertThat(FileName.encode(FileName.decode(bytes))).isEqualTo(bytes));
    }

    @Test
    void aMessageShowsNoControlCharactersAndNoHalfCharacters() {
        assertThat(FileName.printable(FileName.decode(new byte[] {'a', 27, (byte) 0xff, 'b'})))
                .isEqualTo("a??b");
        assertThat(FileName.printable("x".repeat(300))).hasSize(201).endsWith("…");
    }
}
