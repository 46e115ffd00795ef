package berth.engine.image;

import java.io.IOException;

/** An archive breaks the rules of its format; the message says how, in words that fit after "the archive is broken:". */
final class CorruptArchiveException extends IOException {
    CorruptArchiveException(String message) {
        super(message);
    }
}
