package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.container.Container;
import berth.engine.storage.Pool;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What the names that a user writes mean: {@code pool:name}, {@code --pool}, or whatever pool has the object. */
final class Names {
    private final Services services;
    private final Optional<String> option;

    /** @param option what {@code --pool} says */
    Names(Services services, Optional<String> option) {
        this.services = services;
        this.option = option;
    }

    /** An object's pool and its name in it. */
    record Place(String pool, String name) {}

    /** An object that was found, and the pool it is in. */
    record Found<T>(String pool, T object) {}

    /** The pool that {@code --pool} names. */
    Optional<String> chosenPool() {
        return option;
    }

    /** The container that {@code text} names. @throws BerthException NOT_FOUND; INVALID if several pools have it */
    Container container(String text) {
        String full = text.contains(":") ? text : option.map(p -> p + ":").orElse("") + text;
        return services.containers().containers().get(full);
    }

    /** The containers that {@code texts} name, or, where that is none, every one of the pools that are {@link #listed}. */
    List<Container> containers(List<String> texts) {
        return texts.isEmpty()
                ? listed().stream()
                        .flatMap(p -> services.containers().containers().of(p.name()).stream())
                        .toList()
                : texts.stream().map(this::container).toList();
    }

    /**
     * The container that {@code text} names where {@code --pool} says where something goes: one of any pool.
     *
     * @throws BerthException NOT_FOUND; INVALID if several pools have it
     */
    Container source(String text) {
        return services.containers().containers().get(text);
    }

    /** Where what comes from pool {@code from} goes as {@code text}: the pool that is named, or the same. */
    Place destination(String text, String from) {
        return text.contains(":") || option.isPresent() ? place(text) : new Place(from, text);
    }

    /** Where a new object {@code text} belongs: the pool that is named, or the default one. */
    Place place(String text) {
        int colon = text.indexOf(':');
        Optional<String> pool = colon < 0 ? option : Optional.of(text.substring(0, colon));
        return new Place(usable(pool).name(), text.substring(colon + 1));
    }

    /** The pool that is meant where only a pool is needed. */
    Pool pool() {
        return usable(option);
    }

    /** The pools that a list is of: the one that {@code --pool} names, or every pool in use. */
    List<Pool> listed() {
        return option.map(p -> List.of(services.pools().usable(p)))
                .orElseGet(() -> services.pools().all().stream()
                        .filter(p -> p.whyUnusable().isEmpty())
                        .toList());
    }

    /**
     * The object that {@code text} names.
     *
     * @param noun for errors, for instance {@code image}
     * @param find looks for a name in a pool
     * @throws BerthException NOT_FOUND; INVALID if several pools have it
     */
    <T> Found<T> find(String noun, String text, BiFunction<String, String, Optional<T>> find) {
        return find(noun, noun.replace(' ', '-'), text, find);
    }

    /** As {@link #find(String, String, BiFunction)}; {@code group} is the group of commands whose {@code ls} lists such objects. */
    <T> Found<T> find(String noun, String group, String text, BiFunction<String, String, Optional<T>> find) {
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1);
        List<Pool> pools = colon < 0 ? listed() : List.of(services.pools().usable(text.substring(0, colon)));
        List<Found<T>> found = pools.stream()
                .flatMap(p -> find.apply(p.name(), name).map(o -> new Found<>(p.name(), o)).stream())
                .toList();
        return switch (found.size()) {
            case 1 -> found.getFirst();
            case 0 ->
                throw new BerthException(
                        ErrorCode.NOT_FOUND,
                        "there is no %s '%s'".formatted(noun, text),
                        "'osctl %s ls' lists those there are".formatted(group));
            default ->
                throw new BerthException(
                        ErrorCode.INVALID,
                        "several pools have '%s' among their %ss".formatted(name, noun),
                        "name one of them: "
                                + String.join(
                                        ", ",
                                        found.stream()
                                                .map(f -> f.pool() + ":" + name)
                                                .toList()));
        };
    }

    private Pool usable(Optional<String> pool) {
        return pool.map(services.pools()::usable).orElseGet(services.pools()::byDefault);
    }
}
