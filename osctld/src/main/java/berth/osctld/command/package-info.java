/** The {@code osctl} tree: words in, one call of an engine service, words out. */
@NullMarked
package berth.osctld.command;

import org.jspecify.annotations.NullMarked;
