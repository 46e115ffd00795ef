package berth.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import berth.engine.BerthException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
    @ParameterizedTest
    @CsvSource({
        "web,web",
        "/default/sub,%2Fdefault%2Fsub",
        ".hidden,%2Ehidden",
        "a.b,a.b",
        "a%b,a%25b",
        "é,%C3%A9",
        "a b,a%20b"
    })
    void anIdBecomesAFileNameAndComesBack(String id, String name) {
        assertThat(FileName.of(id)).isEqualTo(name);
        assertThat(FileName.id(name)).contains(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void namesThatAreDirectoriesAreRefused(String id) {
        assertThatThrownBy(() -> FileName.of(id)).isInstanceOf(BerthException.class);
    }

    @Test
    void aNameThatWouldNotFitIntoADirectoryIsRefused() {
        assertThatThrownBy(() -> FileName.of("é".repeat(40))).hasMessageContaining("too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%zz", "%2f", "%61", ".x", "%", "a%2", "a b", ""})
    void anotherSpellingOfANameIsNoName(String name) {
        assertThat(FileName.id(name)).isEmpty();
    }
}
