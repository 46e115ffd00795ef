package berth.osctld.command;

import berth.osctld.output.Columns;
import berth.osctld.output.Listing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every {@code show}. */
final class ShowOptions {
    @Option(
            names = {"-H", "--hide-header"},
            description = "print values without their names")
    boolean hideHeader;

    @Option(
            names = {"-L", "--list"},
            description = "list the fields there are")
    boolean listFields;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FIELDS",
            description = "fields to show: a,b or +a,b beside the usual ones, -a,b without these, or all")
    @Nullable
    String output;

    /** Writes {@code object}, or the names of its fields if that is asked for. */
    <T> void print(Call call, Columns<T> columns, T object) {
        if (listFields) {
            call.out().text(String.join("\n", columns.names()) + "\n");
        } else {
            call.out().show(columns, object, new Listing(!hideHeader, Optional.ofNullable(output), Optional.empty()));
        }
    }
}
