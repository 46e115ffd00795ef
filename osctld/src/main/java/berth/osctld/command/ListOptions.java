package berth.osctld.command;

import berth.osctld.output.Columns;
import berth.osctld.output.Listing;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every {@code ls}. */
final class ListOptions {
    @Option(
            names = {"-H", "--hide-header"},
            description = "do not name the fields")
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

    @Option(
            names = {"-s", "--sort"},
            paramLabel = "FIELDS",
            description = "sort by these fields; -a downwards")
    @Nullable
    String sort;

    /** Writes {@code objects}, or the names of their fields if that is asked for. */
    <T> void print(Call call, Columns<T> columns, List<T> objects) {
        if (listFields) {
            call.out().text(String.join("\n", columns.names()) + "\n");
        } else {
            call.out()
                    .list(
                            columns,
                            objects,
                            new Listing(!hideHeader, Optional.ofNullable(output), Optional.ofNullable(sort)));
        }
    }
}
