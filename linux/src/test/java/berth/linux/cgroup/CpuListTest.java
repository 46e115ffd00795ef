package berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|0", "0-3,8|0-3,8", "3,1,2|1-3", " 1 , 0 |0-1", "''|''"})
    void aListIsWrittenAsTheKernelWritesIt(String text, String written) {
        assertThat(CpuList.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "-1", "1-", "3-1", "0,,1", "0-99999", "1;2"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> CpuList.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void listsAreCutAndJoined() {
        CpuList low = CpuList.parse("0-3");
        CpuList high = CpuList.parse("2-5");

        assertThat(low.and(high)).hasToString("2-3");
        assertThat(low.or(high)).hasToString("0-5");
        assertThat(low.without(high)).hasToString("0-1");
        assertThat(low.without(low).isEmpty()).isTrue();
        assertThat(low.count()).isEqualTo(4);
    }
}
