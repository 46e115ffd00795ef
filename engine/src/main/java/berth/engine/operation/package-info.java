/**
 * Work that takes several steps: who asked for it, what it holds meanwhile, how it is undone, and how a crash in the middle of it
 * is mended.
 */
@NullMarked
package berth.engine.operation;

import org.jspecify.annotations.NullMarked;
