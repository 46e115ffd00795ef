package berth.engine.store;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/**
 * Records as text: YAML 1.2 for files that people read, JSON by the same rules for the journal.
 *
 * <p>Keys are snake_case in the order of the record's components, enum constants are lower case. Empty optionals and collections
 * are left out and come back as empty, absent numbers as 0 and absent flags as false; whatever else a record needs, its
 * constructor demands. A string that looks like a number is quoted. Unknown keys are ignored.
 */
public final class Yaml {
    /** The largest file that is read, in bytes. */
    public static final int LIMIT = 1 << 20;

    private static final ObjectMapper YAML = configure(YAMLMapper.builder(YAMLFactory.builder()
                    .stringQuotingChecker(new Quoting())
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .disable(YAMLWriteFeature.SPLIT_LINES)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build()))
            .build();
    private static final ObjectMapper JSON = configure(JsonMapper.builder(new JsonFactory()))
            .disable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private Yaml() {}

    /** {@code value} as a YAML document. */
    public static String write(Object value) {
        return YAML.writeValueAsString(value);
    }

    /** {@code value} as JSON on one line. */
    public static String writeJson(Object value) {
        return JSON.writeValueAsString(value);
    }

    /**
     * The object that YAML {@code text} describes.
     *
     * @throws BerthException INVALID, saying where it is wrong; UNSUPPORTED if its type says that
     */
    public static <T> T read(String text, Class<T> type) {
        return read(YAML, text, type);
    }

    /** The object that JSON {@code text} describes. @throws BerthException INVALID, saying where it is wrong */
    public static <T> T readJson(String text, Class<T> type) {
        return read(JSON, text, type);
    }

    /** The object in YAML file {@code file}. @throws BerthException INVALID, saying where it is wrong or that it is too large */
    public static <T> T read(Path file, Class<T> type) throws IOException {
        return read(text(file), type);
    }

    static ObjectNode tree(Object value) {
        return YAML.valueToTree(value);
    }

    static ObjectNode tree(Path file) throws IOException {
        JsonNode node = read(text(file), JsonNode.class);
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new BerthException(ErrorCode.INVALID, "it is not a set of keys and values");
    }

    static <T> T fromTree(JsonNode tree, Class<T> type) {
        try {
            return YAML.treeToValue(tree, type);
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    private static <T> T read(ObjectMapper mapper, String text, Class<T> type) {
        T value;
        try {
            value = mapper.readValue(text, type);
        } catch (JacksonException e) {
            throw invalid(e);
        }
        if (value == null) {
            throw new BerthException(ErrorCode.INVALID, "it is empty");
        }
        return value;
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new BerthException(ErrorCode.INVALID, "it is larger than %d KiB".formatted(LIMIT >> 10));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static BerthException invalid(JacksonException e) {
        Throwable cause = e.getCause();
        String reason = cause instanceof BerthException || cause instanceof IllegalArgumentException
                ? String.valueOf(cause.getMessage())
                : e.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
        String key = e instanceof tools.jackson.databind.DatabindException bind
                        && !bind.getPath().isEmpty()
                ? " at '%s'"
                        .formatted(String.join(
                                ".",
                                bind.getPath().stream()
                                        .map(r -> r.getPropertyName() == null
                                                ? String.valueOf(r.getIndex())
                                                : r.getPropertyName())
                                        .toList()))
                : "";
        String line = e.getLocation() != null && e.getLocation().getLineNr() > 0
                ? " in line " + e.getLocation().getLineNr()
                : "";
        // What is of a later version is not wrong.
        return cause instanceof BerthException told && told.code() == ErrorCode.UNSUPPORTED
                ? new BerthException(told.code(), reason, told.hint().orElse(null), e)
                : new BerthException(ErrorCode.INVALID, reason + key + line, null, e);
    }

    private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B configure(B builder) {
        for (Class<?> collection : List.of(Collection.class, List.class, Set.class, Map.class)) {
            builder.withConfigOverride(
                    collection,
                    o -> o.setNullHandling(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY))
                            .setInclude(JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS)));
        }
        return builder.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(i -> i.withValueInclusion(JsonInclude.Include.NON_ABSENT))
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE);
    }

    /** Jackson lets U+0085 stand unquoted, where the YAML reader takes it for a line break. */
    private static final class Quoting extends StringQuotingChecker.Default {
        @Override
        public boolean needToQuoteValue(String value) {
            return super.needToQuoteValue(value) || value.indexOf('\u0085') >= 0;
        }

        @Override
        public boolean needToQuoteName(String name) {
            return super.needToQuoteName(name) || name.indexOf('\u0085') >= 0;
        }
    }
}
