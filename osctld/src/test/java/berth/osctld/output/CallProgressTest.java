package berth.osctld.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CallProgressTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Out out = new Out(
            OutputStream.nullOutputStream(),
            err,
            new Style(Format.HUMAN, Style.Volume.NORMAL, Palette.PLAIN, Palette.PLAIN));
    private long now = 5_000;

    private CallProgress on(CallProgress.Screen screen) {
        return new CallProgress(out, screen, () -> Instant.ofEpochMilli(now), 20);
    }

    private String shown() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void quickWorkShowsNothing() {
        try (CallProgress progress = on(CallProgress.Screen.TERMINAL)) {
            progress.step("mounting");
            now += 100;
            progress.tick();
        }

        assertThat(shown()).isEmpty();
    }

    @Test
    void aTerminalShowsTheStepInOneLineThatGoesAway() {
        try (CallProgress progress = on(CallProgress.Screen.TERMINAL)) {
            progress.step("unpacking");
            now += 400;
            progress.tick();
            progress.percent(45.4);
            progress.tick();
            progress.tick();
        }

        assertThat(shown()).isEqualTo("\r\033[Kunpacking…\r\033[Kunpacking… 45%\r\033[K");
    }

    @Test
    void aLongLineIsCutToTheTerminal() {
        CallProgress progress = on(CallProgress.Screen.TERMINAL);
        progress.step("a very long name for a step");
        now += 4_000;
        progress.tick();

        assertThat(shown()).isEqualTo("\r\033[Ka very long name fo");
    }

    @Test
    void aPipeGetsALineForAStepThatTakesLong() {
        CallProgress progress = on(CallProgress.Screen.PIPE);
        progress.step("unpacking");
        now += 900;
        progress.tick();
        now += 200;
        progress.tick();
        now += 5_000;
        progress.tick();
        progress.step("writing");
        now += 500;
        progress.tick();

        assertThat(shown()).isEqualTo("unpacking…\n");
    }

    @Test
    void theLineMakesWayForWhatTheCommandSays() {
        CallProgress progress = on(CallProgress.Screen.TERMINAL);
        progress.step("unpacking");
        now += 400;
        progress.tick();
        out.warn("a trap");
        progress.tick();

        assertThat(shown()).isEqualTo("\r\033[Kunpacking…\r\033[Kosctl: warning: a trap\n\r\033[Kunpacking…");
    }

    @Test
    void warningsAreShownToThoseWhoWantNoProgressToo() {
        CallProgress progress = on(CallProgress.Screen.NONE);
        progress.step("unpacking");
        now += 5_000;
        progress.tick();
        progress.note("a detail");
        progress.warn("a trap");

        assertThat(shown()).isEqualTo("osctl: warning: a trap\n");
    }

    @Test
    void workGoesOnWhenNobodyReadsHowFarItIs() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        };
        Style style = new Style(Format.HUMAN, Style.Volume.NORMAL, Palette.PLAIN, Palette.PLAIN);
        try (CallProgress progress = new CallProgress(
                new Out(OutputStream.nullOutputStream(), closed, style),
                CallProgress.Screen.PIPE,
                () -> Instant.ofEpochMilli(now),
                20)) {
            assertThatCode(() -> {
                        progress.note("waiting");
                        progress.warn("careful");
                    })
                    .doesNotThrowAnyException();
        }
    }
}
