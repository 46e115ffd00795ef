package berth.hosttest;

import java.util.Arrays;
import org.assertj.core.api.AbstractAssert;

/** What tests say about the end of a command; each failure shows the whole of it. */
public final class ResultAssert extends AbstractAssert<ResultAssert, Result> {
    private ResultAssert(Result actual) {
        super(actual, ResultAssert.class);
    }

    public static ResultAssert assertThat(Result result) {
        return new ResultAssert(result);
    }

    public ResultAssert succeeds() {
        return exits(0);
    }

    public ResultAssert fails(Status status) {
        return exits(status.number());
    }

    public ResultAssert exits(int status) {
        if (actual.status() != status) {
            failWithMessage("expected status %d:%n%s", status, actual);
        }
        return this;
    }

    /** For programs inside, whose statuses are their own. */
    ResultAssert doesNotSucceed() {
        if (actual.status() == 0) {
            failWithMessage("expected to fail:%n%s", actual);
        }
        return this;
    }

    /** Standard output, without the end of its last line, is {@code text}. */
    public ResultAssert prints(String text) {
        if (!actual.stdout().stripTrailing().equals(text)) {
            failWithMessage("expected to print <%s>:%n%s", text, actual);
        }
        return this;
    }

    public ResultAssert printsNothing() {
        return prints("");
    }

    ResultAssert printsBytes(byte[] bytes) {
        if (!Arrays.equals(actual.bytes(), bytes)) {
            failWithMessage("expected to print exactly %d given bytes, got %d", bytes.length, actual.bytes().length);
        }
        return this;
    }

    /** Each of {@code words} is somewhere in standard output. */
    public ResultAssert mentions(String... words) {
        for (String word : words) {
            if (!actual.stdout().contains(word)) {
                failWithMessage("expected to mention <%s>:%n%s", word, actual);
            }
        }
        return this;
    }

    public ResultAssert doesNotMention(String word) {
        if (actual.stdout().contains(word)) {
            failWithMessage("expected not to mention <%s>:%n%s", word, actual);
        }
        return this;
    }

    /** Each of {@code words} is somewhere in standard error. */
    public ResultAssert complains(String... words) {
        for (String word : words) {
            if (!actual.stderr().contains(word)) {
                failWithMessage("expected <%s> on standard error:%n%s", word, actual);
            }
        }
        return this;
    }

    public ResultAssert complainsOfNothing() {
        if (!actual.stderr().isEmpty()) {
            failWithMessage("expected nothing on standard error:%n%s", actual);
        }
        return this;
    }
}
