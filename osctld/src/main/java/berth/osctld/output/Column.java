package berth.osctld.output;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * One field of an object that a command lists or shows.
 *
 * @param name what {@code -o} and {@code -s} call it, in lower case
 * @param kind what its values mean
 * @param usual whether it is shown when nothing was chosen
 * @param value takes it out of the object; may give an {@link Optional} or null
 * @param colour the colour of a value for a person
 */
record Column<T>(
        String name, Kind kind, boolean usual, Function<? super T, ?> value, Function<? super Object, Colour> colour) {

    /** The value of {@code object}; empty if it has none. */
    Optional<Object> of(T object) {
        Object raw = value.apply(object);
        return switch (raw) {
            case null -> Optional.empty();
            case Optional<?> optional -> optional.map(v -> v);
            case OptionalInt number -> number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
            case OptionalDouble number -> number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
            case OptionalLong number -> number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
            default -> Optional.of(raw);
        };
    }
}
