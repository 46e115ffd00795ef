package berth.osctld.command;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.socket.Terminal;
import berth.osctld.output.RawText;
import berth.osctld.server.Session;
import berth.osctld.server.StandardStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Gets a password: twice and unseen from a terminal, else a line of standard input. */
final class PasswordPrompt {
    private static final int LONGEST = 1024;

    private final Session session;

    PasswordPrompt(Session session) {
        this.session = session;
    }

    /** The new password of {@code user}. @throws BerthException INVALID if it is empty or was not typed the same twice */
    String ask(String user) {
        String password = session.invocation().isTerminal(StandardStream.STDIN) ? typed(user) : line();
        if (password.isEmpty()) {
            throw new BerthException(ErrorCode.INVALID, "the password is empty");
        }
        return password;
    }

    private String typed(String user) {
        try (Terminal.Mode _ = Terminal.noEcho(session.descriptor(StandardStream.STDIN))) {
            say("New password of %s: ".formatted(RawText.printable(user)));
            String first = line();
            say("Type it again: ");
            if (!line().equals(first)) {
                throw new BerthException(ErrorCode.INVALID, "the two passwords differ");
            }
            return first;
        }
    }

    private String line() {
        // Byte by byte: what comes after the line belongs to whoever reads next.
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        InputStream in = session.in();
        try {
            for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
                line.write(b);
                if (line.size() > LONGEST) {
                    throw new BerthException(ErrorCode.INVALID, "the password is too long");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return RawText.decode(line.toByteArray());
    }

    private void say(String text) {
        try {
            session.err().write(RawText.encode(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
