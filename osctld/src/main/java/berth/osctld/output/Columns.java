package berth.osctld.output;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The fields of one kind of object, in the order in which they are shown. */
public final class Columns<T> {
    private static final Comparator<Object> BY_VALUE = Columns::compareValues;

    private final Map<String, Column<T>> columns;

    private Columns(Map<String, Column<T>> columns) {
        this.columns = columns;
    }

    /** Starts a definition. */
    public static <T> Builder<T> builder() {
        return new Builder<>();
    }

    /** The names of all fields. */
    public List<String> names() {
        return List.copyOf(columns.keySet());
    }

    /** The names of the fields that are shown when nothing was chosen. */
    public List<String> usual() {
        return columns.values().stream().filter(Column::usual).map(Column::name).toList();
    }

    /**
     * The fields that {@code -o} chooses: {@code a,b} these, {@code +a,b} the usual ones and these, {@code -a,b} the usual
     * ones without these, {@code all} every field, an empty text the usual ones. Without {@code -o} a person gets the usual
     * ones and a program all.
     *
     * @throws BerthException USAGE if there is no such field
     */
    List<Column<T>> choose(Optional<String> output, Format format) {
        if (output.isEmpty()) {
            return format == Format.JSON ? List.copyOf(columns.values()) : named(usual());
        }
        String words = output.get().strip();
        if (words.equals("all")) {
            return List.copyOf(columns.values());
        }
        char sign = words.isEmpty() ? '+' : words.charAt(0);
        List<String> chosen = split(sign == '+' || sign == '-' ? words.replaceFirst("^[+-]", "") : words);
        List<Column<T>> named = named(chosen);
        if (sign != '+' && sign != '-') {
            return named;
        }
        List<Column<T>> result = new ArrayList<>(named(usual()));
        result.removeAll(named);
        if (sign == '+') {
            result.addAll(named);
        }
        return result;
    }

    /** The order that {@code -s a,-b} asks for: by {@code a}, equal ones by {@code b} downwards; absent values come last. */
    Comparator<T> order(String sort) {
        Comparator<T> order = (_, _) -> 0;
        for (String word : split(sort)) {
            boolean down = word.startsWith("-");
            Column<T> column = named(List.of(down ? word.substring(1) : word)).getFirst();
            Comparator<Object> values = down ? BY_VALUE.reversed() : BY_VALUE;
            order = order.thenComparing(column::of, absentLast(values));
        }
        return order;
    }

    private static Comparator<Optional<Object>> absentLast(Comparator<Object> values) {
        return (a, b) -> a.isPresent() && b.isPresent()
                ? values.compare(a.get(), b.get())
                : Boolean.compare(b.isPresent(), a.isPresent());
    }

    private static int compareValues(Object a, Object b) {
        return switch (a) {
            case Long x when b instanceof Long y -> Long.compare(x, y);
            case Number x when b instanceof Number y -> Double.compare(x.doubleValue(), y.doubleValue());
            case Boolean x when b instanceof Boolean y -> Boolean.compare(x, y);
            default -> Kind.plain(a).compareTo(Kind.plain(b));
        };
    }

    private static List<String> split(String words) {
        return Arrays.stream(words.split(","))
                .map(String::strip)
                .filter(w -> !w.isEmpty())
                .toList();
    }

    private List<Column<T>> named(List<String> names) {
        List<Column<T>> result = new ArrayList<>();
        for (String name : names) {
            Column<T> column = columns.get(name);
            if (column == null) {
                throw new BerthException(
                        ErrorCode.USAGE, "there is no field '%s'".formatted(name), "option -L lists the fields");
            }
            result.add(column);
        }
        return result;
    }

    /** Collects fields. */
    public static final class Builder<T> {
        private final Map<String, Column<T>> columns = new LinkedHashMap<>();

        private Builder() {}

        /** Adds a field that is shown when nothing was chosen. */
        public Builder<T> usual(String name, Kind kind, Function<? super T, ?> value) {
            return add(new Column<>(name, kind, true, value, Builder::plain));
        }

        /** Adds a field of words that is shown when nothing was chosen. */
        public Builder<T> usual(String name, Function<? super T, ?> value) {
            return usual(name, Kind.TEXT, value);
        }

        /** Adds a usual field of words whose colour depends on its value. */
        public Builder<T> coloured(String name, Function<? super T, ?> value, Function<? super Object, Colour> colour) {
            return add(new Column<>(name, Kind.TEXT, true, value, colour));
        }

        /** Adds a field that is shown only when asked for. */
        public Builder<T> more(String name, Kind kind, Function<? super T, ?> value) {
            return add(new Column<>(name, kind, false, value, Builder::plain));
        }

        /** Adds a field of words that is shown only when asked for. */
        public Builder<T> more(String name, Function<? super T, ?> value) {
            return more(name, Kind.TEXT, value);
        }

        /** The definition. */
        public Columns<T> build() {
            return new Columns<>(new LinkedHashMap<>(columns));
        }

        private static Colour plain(Object value) {
            return Colour.NONE;
        }

        private Builder<T> add(Column<T> column) {
            if (columns.put(column.name(), column) != null) {
                throw new IllegalArgumentException("two fields '" + column.name() + "'");
            }
            return this;
        }
    }
}
