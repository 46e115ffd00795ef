/**
 * The command socket: what a caller of {@code osctl} sends, and the session a command runs in.
 *
 * <p>Frames are {@code u32 length (little endian), u8 type, payload}; descriptors travel with the first byte of a frame.
 * From the caller: {@code H} hello with three descriptors, {@code S} signal, {@code W} window size, {@code O} opened file.
 * To the caller: {@code o} open a file, {@code x} exit.
 */
@NullMarked
package berth.osctld.server;

import org.jspecify.annotations.NullMarked;
