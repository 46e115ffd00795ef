/** What a command says: tables, JSON, result lines, errors and progress, on byte streams that somebody else provides. */
@NullMarked
package berth.osctld.output;

import org.jspecify.annotations.NullMarked;
