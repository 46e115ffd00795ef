package berth.linux.netlink;

import berth.linux.Errno;
import berth.linux.KernelException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requests and the kernel's answers to them over one socket. Each request has a sequence number of its own; answers to
 * older ones, left behind by a failure, are passed over. One conversation at a time: threads wait for each other.
 */
final class Conversation implements AutoCloseable {
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int NLMSGERR_ATTR_MISS_TYPE = 5;
    private static final int ERRNO_SIZE = 4;
    /** Together with the socket's buffer: acknowledgements of this many requests fit into it. */
    private static final int MAX_BATCH = 256;

    private static final int MAX_INTERRUPTED_DUMPS = 100;

    private final NetlinkSocket socket;
    private int lastSequence;

    Conversation(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Sends all of {@code requests} in as few system calls as possible and waits for what comes of each. The kernel goes
     * on after one that failed.
     *
     * @throws KernelException of the first that failed; those of others are its suppressed ones
     */
    synchronized void send(List<Request> requests) {
        Failures failures = new Failures();
        for (int from = 0; from < requests.size(); from += MAX_BATCH) {
            exchange(requests.subList(from, Math.min(requests.size(), from + MAX_BATCH)), failures);
        }
        failures.raise();
    }

    /**
     * As {@link #send}, in one system call. The first and the last request open and end a transaction: if the first
     * fails, answers to the others are not waited for.
     */
    synchronized void sendWhole(List<Request> requests) {
        Failures failures = new Failures();
        exchange(requests, failures);
        failures.raise();
    }

    private void exchange(List<Request> requests, Failures failures) {
        int first = lastSequence + 1;
        ByteArrayOutputStream datagram = new ByteArrayOutputStream();
        for (Request request : requests) {
            datagram.writeBytes(request.message().bytes(++lastSequence));
        }
        socket.send(datagram.toByteArray());
        long awaited = requests.stream().filter(Request::isAcknowledged).count();
        while (awaited > 0) {
            for (Received message : socket.receive()) {
                int i = message.sequence() - first;
                if (message.type() != Received.NLMSG_ERROR || i < 0 || i >= requests.size()) {
                    continue;
                }
                failure(message, requests.get(i)).ifPresent(failures::add);
                if (!requests.get(i).isAcknowledged()) {
                    return;
                }
                awaited--;
            }
        }
    }

    /** The messages that answer {@code request}, which asks for one object: empty if it is not there (ENODEV, ENOENT). */
    synchronized Optional<Received> get(Request request) {
        int sequence = ++lastSequence;
        socket.send(request.message().bytes(sequence));
        while (true) {
            for (Received message : socket.receive()) {
                if (message.sequence() != sequence) {
                    continue;
                }
                if (message.type() != Received.NLMSG_ERROR) {
                    return Optional.of(message);
                }
                KernelException failure = failure(message, request)
                        .orElseThrow(() -> new IllegalStateException(request + " was answered by nothing"));
                if (failure.is(Errno.ENODEV) || failure.is(Errno.ENOENT)) {
                    return Optional.empty();
                }
                throw failure;
            }
        }
    }

    /** All objects that {@code request} asks for, as they were at one moment: asked again while they change meanwhile. */
    synchronized List<Received> dump(Request request) {
        for (int i = 0; i < MAX_INTERRUPTED_DUMPS; i++) {
            Optional<List<Received>> all = dumpOnce(request);
            if (all.isPresent()) {
                return all.get();
            }
        }
        throw new KernelException(
                request.operation(), request.about(), Errno.EINTR.number(), "it changed each time it was read");
    }

    private Optional<List<Received>> dumpOnce(Request request) {
        int sequence = ++lastSequence;
        socket.send(request.message().bytes(sequence));
        List<Received> all = new ArrayList<>();
        boolean interrupted = false;
        while (true) {
            for (Received message : socket.receive()) {
                if (message.sequence() != sequence) {
                    continue;
                }
                interrupted |= (message.flags() & NetlinkMessage.NLM_F_DUMP_INTR) != 0;
                if (message.type() == Received.NLMSG_ERROR || message.type() == Received.NLMSG_DONE) {
                    Optional<KernelException> failure = failure(message, request);
                    if (failure.isPresent() && !failure.get().is(Errno.EINTR)) {
                        throw failure.get();
                    }
                    return interrupted || failure.isPresent() ? Optional.empty() : Optional.of(all);
                }
                all.add(message);
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    /** What an NLMSG_ERROR or NLMSG_DONE says; empty if it is success. */
    private static Optional<KernelException> failure(Received message, Request request) {
        int error = message.u32(0);
        if (error >= 0) {
            return Optional.empty();
        }
        return Optional.of(new KernelException(request.operation(), request.about(), -error, explanation(message)));
    }

    private static String explanation(Received message) {
        if ((message.flags() & NLM_F_ACK_TLVS) == 0) {
            return "";
        }
        int size = ERRNO_SIZE;
        if (message.type() == Received.NLMSG_ERROR) {
            boolean capped = (message.flags() & NLM_F_CAPPED) != 0;
            size += capped ? NetlinkMessage.HEADER_SIZE : NetlinkMessage.aligned(message.u32(ERRNO_SIZE));
        }
        Attributes attributes = message.attributesAfter(size);
        return attributes.text(NLMSGERR_ATTR_MSG).orElseGet(() -> missing(attributes));
    }

    private static String missing(Attributes attributes) {
        return attributes.has(NLMSGERR_ATTR_MISS_TYPE)
                ? "attribute " + attributes.u32(NLMSGERR_ATTR_MISS_TYPE).getAsInt() + " is missing"
                : "";
    }

    private static final class Failures {
        private final List<KernelException> all = new ArrayList<>();

        void add(KernelException failure) {
            all.add(failure);
        }

        void raise() {
            if (!all.isEmpty()) {
                KernelException first = all.getFirst();
                all.stream().skip(1).forEach(first::addSuppressed);
                throw first;
            }
        }
    }
}
