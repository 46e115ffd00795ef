package berth.osctld.command;

/** Words for defects. */
final class Failures {
    private static final int LONGEST = 120;

    private Failures() {}

    /** A few words for {@code error} that a user can quote in a report. */
    static String brief(Throwable error) {
        String message = error.getMessage();
        String name = error.getClass().getSimpleName();
        String text = message == null || message.isBlank()
                ? name
                : message.lines().findFirst().orElse(name);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
