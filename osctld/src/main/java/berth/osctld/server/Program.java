package berth.osctld.server;

import berth.linux.process.ExitStatus;

/** What runs in a session. */
public interface Program {
    /** Runs to the end and says how it ended; errors are its own to tell the caller. */
    ExitStatus run(Session session);
}
