package berth.engine.image;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.store.Yaml;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an image is made of another, as it is written down: first packages are installed, then files laid in, then a script is run.
 *
 * @param name what the image is called
 * @param base the image that it begins with and stands on, by a name or id
 * @param packages names of packages, which the base's own package manager installs
 * @param files what is laid in
 * @param script the text of a program, of the shell if it does not begin with {@code #!}; none if null
 */
public record Recipe(
        String name,
        String base,
        List<String> packages,
        List<Laid> files,
        @Nullable String script) {
    private static final Pattern PACKAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+:=~-]{0,100}");
    private static final List<String> KEYS = List.of("name", "base", "packages", "files", "script");
    private static final int MAX_MODE = 07777;

    /**
     * A file.
     *
     * @param path where it goes
     * @param content what it holds
     * @param mode in octal digits; 644 if null
     */
    public record Laid(
            String path, String content, @Nullable String mode) {
        public Laid {
            if (path == null || !path.matches("/[^\\x00]{1,4000}") || path.matches(".*/\\.\\.?(/.*)?|.*/")) {
                throw invalid("'%s' is no path of a file: it begins with '/' and climbs nowhere".formatted(path));
            }
            if (content == null) {
                throw invalid("file '%s' has no content".formatted(path));
            }
            if (mode != null && !(mode.matches("[0-7]{3,4}") && Integer.parseInt(mode, 8) <= MAX_MODE)) {
                throw invalid("'%s' is no mode of file '%s': it is like 644".formatted(mode, path));
            }
        }

        int bits() {
            return mode == null ? 0644 : Integer.parseInt(mode, 8);
        }
    }

    public Recipe {
        if (name == null || !ImportRequest.isName(name)) {
            throw invalid("'%s' cannot name an image: 'name' must".formatted(name));
        }
        if (base == null) {
            throw invalid("it has no 'base', the image that it begins with");
        }
        packages = packages == null ? List.of() : List.copyOf(packages);
        files = files == null ? List.of() : List.copyOf(files);
        Set<String> paths = new HashSet<>();
        for (String wanted : packages) {
            if (!PACKAGE.matcher(wanted).matches()) {
                throw invalid("'%s' is not the name of a package".formatted(wanted));
            }
        }
        for (Laid file : files) {
            if (!paths.add(file.path())) {
                throw invalid("file '%s' is there twice".formatted(file.path()));
            }
        }
    }

    /** Reads YAML. @throws BerthException INVALID, saying what is wrong */
    public static Recipe parse(String text) {
        Map<?, ?> said = Yaml.read(text, Map.class);
        for (Object key : said.keySet()) {
            if (!KEYS.contains(String.valueOf(key))) {
                throw invalid(
                        "it says '%s', which means nothing; it may say %s".formatted(key, String.join(", ", KEYS)));
            }
        }
        return Yaml.read(text, Recipe.class);
    }

    private static BerthException invalid(String what) {
        return new BerthException(ErrorCode.INVALID, "the recipe cannot be used: " + what);
    }
}
