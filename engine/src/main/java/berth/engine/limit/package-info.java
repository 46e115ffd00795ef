/** Limits: what groups and containers may use of the machine, in words, in files and in cgroups. */
@NullMarked
package berth.engine.limit;

import org.jspecify.annotations.NullMarked;
