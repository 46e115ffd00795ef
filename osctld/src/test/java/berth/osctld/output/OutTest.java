package berth.osctld.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class OutTest {
    private record Boat(
            String name, OptionalInt crew, long weight, boolean afloat, List<String> flags, Instant built) {}

    private static final Instant YEAR_2000 = Instant.ofEpochSecond(946_684_800);
    private static final List<Boat> BOATS = List.of(
            new Boat("ark", OptionalInt.of(10), 3L << 30, true, List.of("a", "b"), YEAR_2000),
            new Boat("raft\033", OptionalInt.empty(), 900, false, List.of(), YEAR_2000),
            new Boat("čun", OptionalInt.of(9), 1536, true, List.of("c"), YEAR_2000));
    private static final Columns<Boat> COLUMNS = Columns.<Boat>builder()
            .coloured("name", Boat::name, v -> v.equals("ark") ? Colour.GREEN : Colour.NONE)
            .usual("crew", Kind.NUMBER, Boat::crew)
            .usual("weight", Kind.BYTES, Boat::weight)
            .more("afloat", Kind.FLAG, Boat::afloat)
            .more("flags", Kind.LIST, Boat::flags)
            .more("built", Kind.TIME, Boat::built)
            .build();
    private static final Listing USUAL = new Listing(true, Optional.empty(), Optional.empty());

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Out out(Format format) {
        return new Out(out, err, new Style(format, Style.Volume.NORMAL, Palette.PLAIN, Palette.PLAIN));
    }

    private static Listing fields(String output) {
        return new Listing(true, Optional.of(output), Optional.empty());
    }

    private static Listing sorted(String sort) {
        return new Listing(false, Optional.of("name"), Optional.of(sort));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTableIsAlignedWithNumbersAtTheirRight() {
        out(Format.HUMAN).list(COLUMNS, BOATS, USUAL);

        assertThat(said()).isEqualTo("""
                        NAME   CREW  WEIGHT
                        ark      10    3.0G
                        raft?     -    900B
                        čun       9    1.5K
                        """);
    }

    @Test
    void theHeaderCanBeLeftOut() {
        out(Format.HUMAN).list(COLUMNS, BOATS.subList(0, 1), new Listing(false, Optional.of("name"), Optional.empty()));

        assertThat(said()).isEqualTo("ark\n");
    }

    @Test
    void fieldsAreChosenAddedAndTakenAway() {
        Out human = out(Format.HUMAN);
        human.list(COLUMNS, BOATS.subList(2, 3), fields("flags,name"));
        human.list(COLUMNS, BOATS.subList(2, 3), fields("+afloat,flags"));
        human.list(COLUMNS, BOATS.subList(2, 3), fields("-crew"));
        human.list(COLUMNS, BOATS.subList(2, 3), fields(""));

        assertThat(said()).isEqualTo("""
                        FLAGS  NAME
                        c      čun
                        NAME  CREW  WEIGHT  AFLOAT  FLAGS
                        čun      9    1.5K  yes     c
                        NAME  WEIGHT
                        čun     1.5K
                        NAME  CREW  WEIGHT
                        čun      9    1.5K
                        """);
    }

    @Test
    void aFieldThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> out(Format.HUMAN).list(COLUMNS, BOATS, fields("keel")))
                .isInstanceOf(BerthException.class)
                .hasMessage("there is no field 'keel'");
    }

    @Test
    void scriptsGetExactValuesWithTabs() {
        out(Format.PARSABLE).list(COLUMNS, BOATS, fields("all"));

        assertThat(said()).isEqualTo("""
                        name\tcrew\tweight\tafloat\tflags\tbuilt
                        ark\t10\t3221225472\ttrue\ta,b\t2000-01-01T00:00:00Z
                        raft?\t-\t900\tfalse\t-\t2000-01-01T00:00:00Z
                        čun\t9\t1536\ttrue\tc\t2000-01-01T00:00:00Z
                        """);
    }

    @Test
    void jsonHasEveryFieldWithItsType() {
        out(Format.JSON).list(COLUMNS, BOATS.subList(1, 2), USUAL);

        assertThat(said())
                .isEqualTo("[{\"name\":\"raft\\u001b\",\"crew\":null,\"weight\":900,\"afloat\":false,\"flags\":[],"
                        + "\"built\":\"2000-01-01T00:00:00Z\"}]\n");
    }

    @Test
    void rowsAreSortedByValueAndAbsentOnesComeLast() {
        Out parsable = out(Format.PARSABLE);
        parsable.list(COLUMNS, BOATS, sorted("crew"));
        parsable.list(COLUMNS, BOATS, sorted("-crew"));
        parsable.list(COLUMNS, BOATS, sorted("-afloat,-weight"));

        assertThat(said().lines()).containsExactly("čun", "ark", "raft?", "ark", "čun", "raft?", "ark", "čun", "raft?");
    }

    @Test
    void oneObjectIsShownAFieldInEachLine() {
        out(Format.HUMAN).show(COLUMNS, BOATS.getFirst(), fields("name,weight,flags"));

        assertThat(said()).isEqualTo("""
                        name:    ark
                        weight:  3.0G
                        flags:   a,b
                        """);
    }

    @Test
    void anEmptyListIsAnEmptyArray() {
        out(Format.JSON).list(COLUMNS, List.of(), USUAL);

        assertThat(said()).isEqualTo("[]\n");
    }

    @Test
    void coloursFollowTheValue() {
        new Out(out, err, new Style(Format.HUMAN, Style.Volume.NORMAL, Palette.ANSI, Palette.PLAIN))
                .list(COLUMNS, BOATS.subList(0, 1), fields("name"));

        assertThat(said()).isEqualTo("NAME\n\033[32mark\033[0m\n");
    }

    @Test
    void quietCommandsOnlyWarn() {
        Out quiet = new Out(out, err, new Style(Format.HUMAN, Style.Volume.QUIET, Palette.PLAIN, Palette.PLAIN));
        quiet.done("done");
        quiet.note("by the way");
        quiet.warn("it is %s", "late");

        assertThat(said()).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("osctl: warning: it is late\n");
    }

    @Test
    void jsonKeepsBytesThatAreNotText() {
        assertThat(Json.of(RawText.decode(new byte[] {'a', (byte) 0xFF, '"'}))).isEqualTo("\"a\\udcff\\\"\"");
        assertThat(Json.of("🐎")).isEqualTo("\"🐎\"");
    }
}
