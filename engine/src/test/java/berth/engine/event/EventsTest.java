package berth.engine.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final Events events = new Events();

    private static Notice.Event event(int n) {
        return new Notice.Event(Instant.EPOCH, "state", "tank", "ct" + n, Map.of("state", "running"));
    }

    @Test
    void everySubscriberReadsEveryEventInOrder() throws InterruptedException {
        try (Events.Subscription a = events.subscribe(4);
                Events.Subscription b = events.subscribe(4)) {
            events.publish(event(1));
            events.publish(event(2));
            assertThat(a.next(Duration.ZERO)).contains(event(1));
            assertThat(a.next(Duration.ZERO)).contains(event(2));
            assertThat(b.next(Duration.ZERO)).contains(event(1));
        }
    }

    @Test
    void aSlowReaderLosesTheOldestAndIsTold() throws InterruptedException {
        try (Events.Subscription slow = events.subscribe(2)) {
            events.publish(event(1));
            events.publish(event(2));
            events.publish(event(3));
            events.publish(event(4));
            assertThat(slow.next(Duration.ZERO)).contains(new Notice.Lost(2));
            assertThat(slow.next(Duration.ZERO)).contains(event(3));
            assertThat(slow.next(Duration.ZERO)).contains(event(4));
            assertThat(slow.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void closingWakesTheReader() throws InterruptedException {
        Events.Subscription subscription = events.subscribe(1);
        Thread closer = Thread.ofVirtual().start(subscription::close);
        assertThat(subscription.next(Duration.ofMinutes(1))).isEmpty();
        assertThat(subscription.isClosed()).isTrue();
        closer.join();
    }

    @Test
    void nothingReachesAClosedSubscription() throws InterruptedException {
        Events.Subscription subscription = events.subscribe(1);
        subscription.close();
        events.publish(event(1));
        assertThat(subscription.next(Duration.ZERO)).isEmpty();
    }
}
