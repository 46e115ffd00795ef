/**
 * Files in trees that Berth does not trust: every path is resolved by the kernel beneath a directory that is held open, so
 * that no name, link or race in the tree can lead out of it.
 *
 * <p>Names are bytes to the kernel; {@link berth.linux.file.FileName} maps them to strings and back without loss.
 */
@NullMarked
package berth.linux.file;

import org.jspecify.annotations.NullMarked;
