package berth.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTest {
    enum Mood {
        CALM,
        VERY_ANGRY
    }

    record Inner(String name, int weight) {}

    record Sample(
            String hostName,
            Optional<String> alias,
            List<String> dnsResolvers,
            Map<String, String> attrs,
            Optional<Inner> inner,
            boolean nesting,
            Mood mood,
            Instant at) {}

    record Text(String text) {}

    record Keys(Map<String, String> keys) {}

    private static Sample sample() {
        return new Sample(
                "web",
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.of(new Inner("x", 3)),
                false,
                Mood.VERY_ANGRY,
                Instant.parse("2026-01-02T03:04:05Z"));
    }

    @Test
    void aRecordIsWrittenInSnakeCaseWithoutItsEmptyParts() {
        assertThat(Yaml.write(sample())).isEqualTo("""
                host_name: web
                inner:
                  name: x
                  weight: 3
                nesting: false
                mood: very_angry
                at: 2026-01-02T03:04:05Z
                """);
    }

    @Test
    void whatWasWrittenIsReadBackEqual() {
        assertThat(Yaml.read(Yaml.write(sample()), Sample.class)).isEqualTo(sample());
        assertThat(Yaml.readJson(Yaml.writeJson(sample()), Sample.class)).isEqualTo(sample());
    }

    @Test
    void whatIsAbsentOrNullComesBackEmptyZeroAndFalse() {
        Sample read =
                Yaml.read("{host_name: web, dns_resolvers: null, mood: calm, at: 2026-01-01T00:00:00Z}", Sample.class);
        assertThat(read.alias()).isEmpty();
        assertThat(read.dnsResolvers()).isEmpty();
        assertThat(read.attrs()).isEmpty();
        assertThat(read.inner()).isEmpty();
        assertThat(read.nesting()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12",
                "0x1f",
                "0o17",
                "1e3",
                "1_000",
                "yes",
                "no",
                "on",
                "off",
                "true",
                "null",
                "~",
                "- a",
                "a: b",
                "#x",
                " lead",
                "trail ",
                "'",
                "\"",
                "a\nb",
                "a\nb\n",
                "\n",
                "\ta",
                "a\n\n",
                "@x",
                "`x",
                "%x",
                "!x",
                "&x",
                "*x",
                "|",
                ">",
                "?",
                "2026-01-01",
                "12:30",
                ".5",
                "+1",
                "-",
                "---",
                "...",
                "é",
                "\u0085",
                "a\u0085b",
                "",
                "\u2028",
                "😀",
                "\\",
                "[",
                "]",
                "{",
                "}",
                ",",
                "=",
                "<<"
            })
    void aStringComesBackAsItWas(String text) {
        assertThat(Yaml.read(Yaml.write(new Text(text)), Text.class)).isEqualTo(new Text(text));
    }

    static Stream<String> strangeTexts() {
        Random random = new Random(20260101);
        String alphabet = " \n\t:-#'\"\\[]{},&*!|>%@`0123456789abcxyzABC.~=?éß\u00a0\u0001\u0085\u2028\ufeff\u007f";
        return IntStream.range(0, 300)
                .mapToObj(i -> random.ints(random.nextInt(1, 12), 0, alphabet.length())
                        .mapToObj(c -> String.valueOf(alphabet.charAt(c)))
                        .collect(Collectors.joining()));
    }

    @ParameterizedTest
    @MethodSource("strangeTexts")
    void anyStringComesBackAsItWas(String text) {
        assertThat(Yaml.read(Yaml.write(new Text(text)), Text.class)).isEqualTo(new Text(text));
        assertThat(Yaml.read(Yaml.write(new Keys(Map.of(text, text))), Keys.class))
                .isEqualTo(new Keys(Map.of(text, text)));
    }

    @Test
    void stringsThatLookLikeNumbersAreQuoted() {
        assertThat(Yaml.write(new Text("12"))).isEqualTo("text: \"12\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "[1]", "host_name: [1", "mood: furious", "nesting: {}", "at: yesterday", "\tx: 1"})
    void whatDoesNotFitIsRefused(String text) {
        assertThatThrownBy(() -> Yaml.read(text, Sample.class))
                .isInstanceOfSatisfying(
                        BerthException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> Yaml.read("x: " + "[".repeat(100_000), Sample.class))
                .isInstanceOf(BerthException.class);
    }

    @Test
    void aFileThatIsTooLargeIsRefused(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("large.yml");
        Files.writeString(file, "#".repeat(Yaml.LIMIT + 1));
        assertThatThrownBy(() -> Yaml.read(file, Sample.class)).hasMessage("it is larger than 1024 KiB");
    }
}
