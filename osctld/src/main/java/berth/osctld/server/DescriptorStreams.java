package berth.osctld.server;

import berth.linux.Fd;
import java.io.InputStream;
import java.io.OutputStream;

/** Makes Java streams of descriptors, which they do not own. An interrupt ends a blocked read or write with an exception. */
public interface DescriptorStreams {
    /** A stream that reads {@code fd}. */
    InputStream reader(Fd fd);

    /** A stream that writes {@code fd} at once; {@link ReaderGoneException} if nobody reads it any more. */
    OutputStream writer(Fd fd);
}
