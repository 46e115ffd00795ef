package berth.engine.runtime;

import berth.engine.BerthException;
import berth.engine.ErrorCode;
import berth.linux.Fd;
import berth.linux.KernelException;
import berth.linux.Poll;
import berth.linux.socket.Message;
import berth.linux.socket.UnixStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Asks the monitor of a container for one of its terminals, over LXC's command socket. LXC lends each terminal to one holder
 * at a time, for as long as the connection stays open.
 *
 * <p>Source: LXC's commands.c, the request LXC_CMD_CONSOLE (later named GET_TTY_FD), number 0 in every version since 1.0: a
 * request of a command number, a length and a pointer-sized argument; an answer of a result, a length and the terminal's
 * number, with the descriptor of its master side.
 */
final class TerminalRequest {
    private static final int GET_TERMINAL = 0;
    private static final int MESSAGE_SIZE = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** LXC keeps one byte of sun_path before the name and two behind it. Source: LXC's lxc_make_abstract_socket_name. */
    private static final int LONGEST_NAME = 105;

    private TerminalRequest() {}

    /** A terminal that is lent to this process until it is closed. */
    record Lent(Fd master, UnixStream connection) implements AutoCloseable {
        @Override
        public void close() {
            master.close();
            connection.close();
        }
    }

    /**
     * The terminal {@code number} of the running container with {@code plan}; 0 is its console.
     *
     * @throws BerthException IN_USE if another program holds it; NOT_FOUND if the container has no such terminal
     */
    static Lent send(RunPlan plan, int number) {
        UnixStream connection = connect(plan);
        try {
            ByteBuffer request = ByteBuffer.allocate(MESSAGE_SIZE).order(ByteOrder.nativeOrder());
            request.putInt(GET_TERMINAL).putInt(0).putLong(number);
            connection.send(request.array(), List.of());
            if (Poll.await(connection.fd(), Poll.IN, PATIENCE) == 0) {
                throw new BerthException(
                        ErrorCode.TIMEOUT, "the monitor of container '%s' does not answer".formatted(plan.name()));
            }
            Message answer = connection.receive(MESSAGE_SIZE, 1);
            if (answer.fds().size() != 1) {
                answer.close();
                throw new BerthException(
                        ErrorCode.IN_USE,
                        "terminal %d of container '%s' is not free".formatted(number, plan.name()),
                        "it has the terminals 0 to 4; one may be held by another program, for instance lxc-console");
            }
            return new Lent(answer.fds().getFirst(), connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** LXC's name for the command socket of {@code container}: its path, or that path's hash where it is too long. */
    static String socket(String container, String suffix) {
        String name = container + suffix;
        return name.length() <= LONGEST_NAME
                ? name
                : "lxc/%016x%s".formatted(fnv1a(container.getBytes(StandardCharsets.UTF_8)), suffix);
    }

    /** The 64-bit FNV-1a hash. Source: draft-eastlake-fnv. */
    private static long fnv1a(byte[] bytes) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    private static UnixStream connect(RunPlan plan) {
        try {
            return UnixStream.connectAbstract(socket(plan.paths().lxcPath() + "/" + plan.name(), "/command"));
        } catch (KernelException e) {
            throw new BerthException(
                    ErrorCode.FAILED,
                    "the monitor of container '%s' does not answer: %s".formatted(plan.name(), e.reason()),
                    null,
                    e);
        }
    }
}
