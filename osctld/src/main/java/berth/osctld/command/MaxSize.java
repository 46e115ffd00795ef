package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.engine.image.ImportRequest;
import berth.engine.limit.Size;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says how much an archive may hold. */
final class MaxSize {
    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            description = "the most that it may unpack to, for instance 500M; 64G by default")
    @Nullable
    String text;

    /** In bytes. @throws BerthException INVALID */
    long bytes() {
        long bytes =
                text == null ? ImportRequest.DEFAULT_MAX_SIZE : Size.parse(text).bytes();
        if (bytes == 0) {
            throw new BerthException(ErrorCode.INVALID, "--max-size 0 lets nothing in", "write it like 512M or 1.5G");
        }
        return bytes;
    }
}
