package berth.osctld.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lays out rows: columns two spaces apart, numbers at their right, {@code -} for nothing. */
final class Table {
    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private Table() {}

    /** Rows for a person, each with its line feed. */
    static <T> String human(List<Column<T>> columns, List<T> rows, boolean header, Palette palette) {
        List<List<Cell>> cells = new ArrayList<>();
        if (header) {
            cells.add(columns.stream()
                    .map(c -> new Cell(c.name().toUpperCase(Locale.ROOT), Colour.NONE))
                    .toList());
        }
        for (T row : rows) {
            cells.add(columns.stream().map(c -> cell(c, row)).toList());
        }
        int[] widths = new int[columns.size()];
        for (List<Cell> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).width());
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<Cell> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                Cell cell = line.get(i);
                boolean right = columns.get(i).kind().isNumeric();
                boolean last = i == widths.length - 1;
                int padding = widths[i] - cell.width();
                out.append(right ? " ".repeat(padding) : "")
                        .append(palette.paint(cell.colour(), cell.text()))
                        .append(right || last ? "" : " ".repeat(padding))
                        .append(last ? "" : GAP);
            }
            out.append('\n');
        }
        return out.toString();
    }

    /** Rows for a script: the values of a row with tabs between them. */
    static <T> String parsable(List<Column<T>> columns, List<T> rows, boolean header) {
        StringBuilder out = new StringBuilder();
        if (header) {
            out.append(String.join("\t", columns.stream().map(Column::name).toList()))
                    .append('\n');
        }
        for (T row : rows) {
            for (int i = 0; i < columns.size(); i++) {
                out.append(i == 0 ? "" : "\t").append(plain(columns.get(i), row));
            }
            out.append('\n');
        }
        return out.toString();
    }

    /** One object for a person, a field in each line. */
    static <T> String details(List<Column<T>> columns, T object, boolean header, Palette palette) {
        int width = columns.stream().mapToInt(c -> c.name().length()).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (Column<T> column : columns) {
            Cell cell = cell(column, object);
            if (header) {
                out.append(column.name())
                        .append(':')
                        .append(" ".repeat(width - column.name().length()))
                        .append(GAP);
            }
            out.append(palette.paint(cell.colour(), cell.text())).append('\n');
        }
        return out.toString();
    }

    /** One object for a script: name and value with a tab between them. */
    static <T> String plainDetails(List<Column<T>> columns, T object, boolean header) {
        StringBuilder out = new StringBuilder();
        for (Column<T> column : columns) {
            out.append(header ? column.name() + "\t" : "")
                    .append(plain(column, object))
                    .append('\n');
        }
        return out.toString();
    }

    private static <T> Cell cell(Column<T> column, T row) {
        return column.of(row)
                .map(value -> new Cell(
                        shown(column.kind().human(value)), column.colour().apply(value)))
                .orElse(new Cell(NOTHING, Colour.NONE));
    }

    private static <T> String plain(Column<T> column, T row) {
        return column.of(row).map(value -> shown(Kind.plain(value))).orElse(NOTHING);
    }

    private static String shown(String text) {
        return text.isEmpty() ? NOTHING : RawText.printable(text);
    }

    private record Cell(String text, Colour colour) {
        int width() {
            return text.codePointCount(0, text.length());
        }
    }
}
