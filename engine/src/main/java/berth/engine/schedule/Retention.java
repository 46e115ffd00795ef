package berth.engine.schedule;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * How much is kept of what was made again and again: of each period, in UTC, the newest, for so many periods in which any was made.
 * What any of the numbers keeps is kept, and so is the newest of all.
 *
 * @param last how many of the newest
 * @param hourly for how many hours the newest of each
 * @param daily for how many days
 * @param weekly for how many weeks, which begin on Monday
 * @param monthly for how many months
 */
public record Retention(int last, int hourly, int daily, int weekly, int monthly) {
    /** What is kept where nothing was said. */
    public static final Retention USUAL = new Retention(1, 24, 7, 4, 6);

    private static final int MOST = 1000;
    private static final int DAYS_PER_WEEK = 7;
    /** The first day of the count of days, 1970-01-01, was a Thursday. */
    private static final int DAYS_SINCE_MONDAY = 3;

    public Retention {
        for (int number : List.of(last, hourly, daily, weekly, monthly)) {
            if (number < 0 || number > MOST) {
                throw new BerthException(
                        ErrorCode.INVALID, "%d cannot be kept".formatted(number), "choose 0 to %d".formatted(MOST));
            }
        }
        if (last + hourly + daily + weekly + monthly == 0) {
            throw new BerthException(
                    ErrorCode.INVALID, "nothing would be kept", "keep at least one, for instance last=1");
        }
    }

    /**
     * Those of {@code made} that are not kept.
     *
     * @param made in the order in which they were made, which counts whatever the clock said
     * @param at when one was made; what seems to be from the future, as after the clock was wrong, counts as made now
     */
    public <T> List<T> expendable(List<T> made, Function<T, Instant> at, Instant now) {
        List<T> newestFirst = made.reversed();
        Set<T> kept = new HashSet<>(newestFirst.subList(0, Math.min(Math.max(last, 1), newestFirst.size())));
        Function<T, LocalDate> day =
                t -> earlier(at.apply(t), now).atOffset(ZoneOffset.UTC).toLocalDate();
        keep(newestFirst, hourly, t -> earlier(at.apply(t), now).truncatedTo(ChronoUnit.HOURS), kept);
        keep(newestFirst, daily, day, kept);
        keep(
                newestFirst,
                weekly,
                t -> Math.floorDiv(day.apply(t).toEpochDay() + DAYS_SINCE_MONDAY, DAYS_PER_WEEK),
                kept);
        keep(newestFirst, monthly, t -> day.apply(t).getLong(ChronoField.PROLEPTIC_MONTH), kept);
        List<T> rest = new ArrayList<>(made);
        rest.removeAll(kept);
        return List.copyOf(rest);
    }

    private static <T> void keep(List<T> newestFirst, int periods, Function<T, ?> period, Set<T> kept) {
        Set<Object> seen = new HashSet<>();
        for (T one : newestFirst) {
            if (seen.size() < periods && seen.add(period.apply(one))) {
                kept.add(one);
            }
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /** As users write it: {@code last=1,daily=7}. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        add(words, "last", last);
        add(words, "hourly", hourly);
        add(words, "daily", daily);
        add(words, "weekly", weekly);
        add(words, "monthly", monthly);
        return String.join(",", words);
    }

    private static void add(List<String> words, String name, int number) {
        if (number > 0) {
            words.add(name + "=" + number);
        }
    }
}
