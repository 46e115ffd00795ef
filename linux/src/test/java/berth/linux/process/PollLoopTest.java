package berth.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import berth.linux.Poll;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollLoopTest {
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final PollLoop loop = PollLoop.start(executor);

    @AfterEach
    void stop() {
        loop.close();
        executor.shutdownNow();
    }

    @Test
    void theEndOfAProcessIsReportedOnceAlsoIfItCameBefore() throws Exception {
        try (Child child = Spawner.spawn(Command.of("/bin/true"))) {
            child.await();
            CountDownLatch ended = new CountDownLatch(1);

            loop.onExit(child.pidfd(), ended::countDown);

            ended.await();
        }
    }

    @Test
    void aThousandProcessesAreWatchedAtOnce() throws Exception {
        try (Child child = Spawner.spawn(Command.of("/bin/sleep", "600"))) {
            CountDownLatch ended = new CountDownLatch(1000);
            for (int i = 0; i < 1000; i++) {
                loop.onExit(child.pidfd(), ended::countDown);
            }
            assertThat(loop.size()).isEqualTo(1000);

            child.signal(Signal.KILL);
            ended.await();
            child.await();
        }
    }

    @Test
    void aCallbackIsCalledAgainWhileThereIsMoreAndSurvivesItsOwnFailures() throws Exception {
        LinkedBlockingQueue<Byte> read = new LinkedBlockingQueue<>();
        AtomicInteger calls = new AtomicInteger();
        try (Pipe pipe = Pipe.open()) {
            loop.watch(pipe.reader(), Poll.IN, events -> {
                if (calls.incrementAndGet() == 1) {
                    throw new IllegalStateException("expected by the test");
                }
                byte[] one = new byte[1];
                if (pipe.reader().read(one, 0, 1) == 1) {
                    read.add(one[0]);
                }
            });

            pipe.writer().writeFully(new byte[] {1, 2, 3}, 0, 3);

            assertThat(List.of(read.take(), read.take(), read.take())).containsExactly((byte) 1, (byte) 2, (byte) 3);
        }
    }

    @Test
    void aClosedWatchIsNotCalledThoughTheDescriptorLivesOn() throws Exception {
        AtomicInteger closedCalls = new AtomicInteger();
        CountDownLatch other = new CountDownLatch(1);
        try (Pipe pipe = Pipe.open()) {
            PollLoop.Watch watch = loop.watch(pipe.reader(), Poll.IN, events -> closedCalls.incrementAndGet());
            watch.close();
            watch.close();
            PollLoop.Watch second = loop.watch(pipe.reader(), Poll.IN, events -> other.countDown());

            pipe.writer().writeFully(new byte[1], 0, 1);
            other.await();
            second.close();

            assertThat(closedCalls).hasValue(0);
            assertThat(loop.size()).isZero();
        }
    }

    @Test
    void aHangUpIsReported() throws Exception {
        LinkedBlockingQueue<Short> came = new LinkedBlockingQueue<>();
        try (Pipe pipe = Pipe.open();
                PollLoop.Watch watch = loop.watch(pipe.reader(), (short) 0, came::add)) {
            assertThat(watch).isNotNull();
            pipe.writer().close();

            assertThat(came.take() & Poll.HUP).isEqualTo(Poll.HUP);
        }
    }
}
