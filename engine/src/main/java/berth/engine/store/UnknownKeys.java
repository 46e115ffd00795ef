package berth.engine.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keys that somebody else, a later version or a person, has put into a file: they are carried over into its next version.
 *
 * <p>A key is unknown if the record has no component of that name. Records within records are looked into; the entries of maps
 * and lists are data, not keys.
 */
final class UnknownKeys {
    private static final Naming NAMING = new Naming();

    private UnknownKeys() {}

    /** Adds to {@code next}, the new content of an object of type {@code type}, the unknown keys of {@code previous}. */
    static void keep(ObjectNode previous, ObjectNode next, Class<?> type) {
        if (!type.isRecord()) {
            return;
        }
        Map<String, Class<?>> known = known(type);
        for (Map.Entry<String, JsonNode> entry : previous.properties()) {
            Class<?> component = known.get(entry.getKey());
            if (component == null) {
                next.set(entry.getKey(), entry.getValue());
            } else if (entry.getValue() instanceof ObjectNode before
                    && next.get(entry.getKey()) instanceof ObjectNode after) {
                keep(before, after, component);
            }
        }
    }

    private static Map<String, Class<?>> known(Class<?> type) {
        Map<String, Class<?>> known = new HashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            JsonProperty named = component.getAnnotation(JsonProperty.class);
            String key = named == null || named.value().isEmpty() ? NAMING.key(component.getName()) : named.value();
            known.put(key, content(component.getGenericType()));
        }
        return known;
    }

    private static Class<?> content(Type type) {
        if (type instanceof ParameterizedType generic
                && generic.getRawType() == Optional.class
                && generic.getActualTypeArguments()[0] instanceof Class<?> value) {
            return value;
        }
        return type instanceof Class<?> plain ? plain : Object.class;
    }

    /** Opens the rule by which {@link Yaml} names keys. */
    private static final class Naming extends PropertyNamingStrategies.SnakeCaseStrategy {
        String key(String component) {
            return translate(component);
        }
    }
}
