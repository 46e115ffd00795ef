package berth.hosttest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What is wrong is refused, by a message that names it, and changes nothing. */
final class BadInputTest {
    @RegisterExtension
    static final Host host = Host.withBusybox();

    @BeforeEach
    void oneOfEach() {
        host.given(
                "user new alice",
                "group new /web",
                "id-range new --start-id 800000 --block-size 65536 --block-count 2 two",
                "ct new --image busybox --user alice --group /web web");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pool install                                             | pool",
                "pool install tank                                        | tank",
                "pool install UPPER                                       | UPPER",
                "pool install --path relative/path other                  | relative/path",
                "pool install --path /proc other                          | /proc",
                "pool uninstall nothere                                   | nothere",
                "pool uninstall                                           | pool",
                "pool uninstall ''                                        | pool",
                "pool uninstall --nosuch tank                             | --nosuch",
                "pool uninstall ../tank                                   | ../tank",
                "pool import nothere                                      | nothere",
                "pool import                                              | pool",
                "pool import ../x                                         | ../x",
                "pool import -x tank                                      | -x",
                "pool import a/b                                          | a/b",
                "pool export nothere                                      | nothere",
                "pool export                                              | pool",
                "pool export --nosuch tank                                | --nosuch",
                "pool export ..                                           | ..",
                "pool export 'a b'                                        | a b",
                "pool show nothere                                        | nothere",
                "pool show                                                | pool",
                "pool show -o nosuchfield tank                            | nosuchfield",
                "pool show --nosuch tank                                  | --nosuch",
                "pool show tank extra                                     | extra",
                "pool ls nothere                                          | nothere",
                "pool ls -o nosuchfield                                   | nosuchfield",
                "pool ls -s nosuchfield                                   | nosuchfield",
                "pool ls --nosuch                                         | --nosuch",
                "pool ls -o                                               | -o",
            })
    void poolCommandsRefuse(String line, String named) {
        refuses(line, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "network bird --bgp 192.0.2.1                             | --as",
                "network bird --as 64512                                  | --bgp",
                "network bird --as 0 --bgp 192.0.2.1                      | 0",
                "network bird --as 64512 --bgp nowhere                    | nowhere",
                "network bird --ospf eth1 --area here                     | here",
                "network bird --family 5                                  | 5",
                "network bird --only everything                           | everything",
                "network bird --accept some                               | some",
            })
    void routingCommandsRefuse(String line, String named) {
        refuses(line, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user new alice                                           | alice",
                "user new                                                 | user",
                "user new ../bob                                          | ../bob",
                "user new --map 0:1 bob                                   | 0:1",
                "user new --map 0:0:65536 bob                             | 0",
                "user new --map 0:1000000:0 bob                           | 0",
                "user new --map 0:4294967000:65536 bob                    | 4294967",
                "user new --map x:y:z bob                                 | x:y:z",
                "user new --offset -5 --size 65536 bob                    | -5",
                "user new --offset 900000 --size 99999999999 bob          | 99999999999",
                "user new --ugid 0 --offset 900000 --size 65536 bob       | 0",
                "user new --ugid 1 --offset 900000 --size 65536 bob       | 1",
                "user new --id-range nothere bob                          | nothere",
                "user new --offset 900000 bob                             | size",
                "user new --pool nothere bob                              | nothere",
                "user del nothere                                         | nothere",
                "user del alice                                           | alice",
                "user del                                                 | user",
                "user del nothere:alice                                   | nothere",
                "user del --nosuch alice                                  | --nosuch",
                "user show nothere                                        | nothere",
                "user show                                                | user",
                "user show -o nosuchfield alice                           | nosuchfield",
                "user map nothere                                         | nothere",
                "user map                                                 | user",
                "user map alice nosuchkind                                | nosuchkind",
                "user ls -s nosuchfield                                   | nosuchfield",
                "user ls nothere                                          | nothere",
                "id-range new two                                         | two",
                "id-range new --start-id 0 --block-count 1 more           | start",
                "id-range new --start-id 900000 --block-count 0 more      | 0",
                "id-range new --start-id 900000 --block-count -1 more     | -1",
                "id-range new --start-id x --block-count 1 more           | x",
                "id-range new --start-id 4294000000 --block-count 500 more | more",
                "id-range new --start-id 800000 --block-count 1 more      | two",
                "id-range del nothere                                     | nothere",
                "id-range show nothere                                    | nothere",
                "id-range table ls nothere                                | nothere",
            })
    void userAndRangeCommandsRefuse(String line, String named) {
        refuses(line, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "group new /web                                           | /web",
                "group new                                                | group",
                "group new /                                              | /",
                "group new /a/../b                                        | /a/../b",
                "group new /nothere/below                                 | /nothere",
                "group new '/with space'                                  | /with space",
                "group del /nothere                                       | /nothere",
                "group del /                                              | /",
                "group del /default                                       | /default",
                "group del /web                                           | /web",
                "group del                                                | group",
                "group show /nothere                                      | /nothere",
                "group show -o nosuchfield /web                           | nosuchfield",
                "group tree nothere                                       | nothere",
                "group ls -o nosuchfield                                  | nosuchfield",
            })
    void groupCommandsRefuse(String line, String named) {
        refuses(line, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image import /nothere.tar                                | /nothere.tar",
                "image import                                             | image",
                "image import --name ../x /etc/passwd                     | ../x",
                "image import --name '' /etc/passwd                       | name",
                "image import --pool nothere /etc/passwd                  | nothere",
                "image import --name x /dev/null                          | /dev/null",
                "image build                                              | build",
                "image build nosuchsystem                                 | nosuchsystem",
                "image build debian --release ../x                        | ../x",
                "image build busybox --nosuch                             | --nosuch",
                "image show nothere                                       | nothere",
                "image show                                               | image",
                "image del nothere                                        | nothere",
                "image del busybox                                        | busybox",
                "image del                                                | image",
                "image ls -s nosuchfield                                  | nosuchfield",
            })
    void imageCommandsRefuse(String line, String named) {
        refuses(line, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ct new --image busybox web                               | web",
                "ct new --image nothere other                             | nothere",
                "ct new --image busybox --user nothere other              | nothere",
                "ct new --image busybox --group /nothere other            | /nothere",
                "ct new --image busybox --pool nothere other              | nothere",
                "ct new --image busybox nothere:other                     | nothere",
                "ct new --image busybox ../other                          | ../other",
                "ct new --image busybox --hostname -bad- other            | -bad-",
                "ct new --image busybox                                   | ID",
                "ct new other                                             | image",
                "ct new --template /nothere.tar other                     | /nothere.tar",
                "ct del nothere                                           | nothere",
                "ct del                                                   | id",
                "ct del --nosuch web                                      | --nosuch",
                "ct del nothere:web                                       | nothere",
                "ct del web/..                                            | web/..",
                "ct show nothere                                          | nothere",
                "ct show                                                  | id",
                "ct show -o nosuchfield web                               | nosuchfield",
                "ct ls -o nosuchfield                                     | nosuchfield",
                "ct ls -s nosuchfield                                     | nosuchfield",
                "ct ls -S nosuchstate                                     | nosuchstate",
                "ct ls nothere                                            | nothere",
            })
    void commandsThatMakeShowAndDeleteContainersRefuse(String line, String named) {
        refuses(line, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ct start nothere                                         | nothere",
                "ct start                                                 | id",
                "ct start -w never web                                    | never",
                "ct start -w -1 web                                       | -1",
                "ct start --all web                                       | --all",
                "ct stop nothere                                          | nothere",
                "ct stop -t never web                                     | never",
                "ct stop -t -1 web                                        | -1",
                "ct stop --kill --dont-kill web                           | kill",
                "ct stop                                                  | id",
                "ct restart nothere                                       | nothere",
                "ct restart --reboot web                                  | web",
                "ct restart -t never web                                  | never",
                "ct restart                                               | id",
                "ct freeze nothere                                        | nothere",
                "ct freeze web                                            | web",
                "ct freeze                                                | id",
                "ct unfreeze nothere                                      | nothere",
                "ct unfreeze web                                          | web",
                "ct wait nothere running                                  | nothere",
                "ct wait web nosuchstate                                  | nosuchstate",
                "ct wait web                                              | state",
                "ct wait                                                  | id",
            })
    void commandsThatStartAndStopRefuse(String line, String named) {
        refuses(line, named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ct exec nothere true                                     | nothere",
                "ct exec web true                                         | web",
                "ct exec web                                              | cmd",
                "ct exec                                                  | id",
                "ct exec --env novalue web true                           | novalue",
                "ct attach nothere                                        | nothere",
                "ct attach web                                            | web",
                "ct attach                                                | id",
                "ct console nothere                                       | nothere",
                "ct console web                                           | web",
                "ct console -t x web                                      | x",
                "ct console -t -1 web                                     | -1",
                "ct passwd nothere root                                   | nothere",
                "ct passwd web root                                       | web",
                "ct passwd web                                            | user",
                "ct mv web                                                | another id",
                "ct log cat nothere                                       | nothere",
                "ct log path nothere                                      | nothere",
                "ct set hostname nothere x                                | nothere",
                "ct set hostname web                                      | hostname",
                "ct set hostname web 'with space'                         | with space",
                "ct set hostname web -bad-                                | -bad-",
                "ct set dns-resolver web not-an-address                   | not-an-address",
                "ct set dns-resolver web                                  | address",
                "ct set init-cmd web relative/init                        | relative/init",
                "ct set init-cmd web                                      | init",
                "ct set autostart -p x web                                | x",
                "ct set autostart -p -1 web                               | -1",
                "ct set nosuchthing web                                   | nosuchthing",
                "ct unset hostname nothere                                | nothere",
                "ct unset nosuchthing web                                 | nosuchthing",
                "ct history nothere                                       | nothere",
                "ct diff nothere                                          | nothere",
                "ct diff web 1 99                                         | 99",
                "ct diff web x y                                          | x",
                "ct rollback nothere 1                                    | nothere",
                "ct rollback web 99                                       | 99",
                "ct rollback web x                                        | x",
                "ct rollback web                                          | revision",
                "ct nosuchcommand                                         | nosuchcommand",
                "nosuchgroup                                              | nosuchgroup",
                "ct s web                                                 | s",
            })
    void otherCommandsRefuse(String line, String named) {
        refuses(line, named);
    }

    private static void refuses(String line, String named) {
        List<JsonNode> before = everything();

        Result result = host.osctl(line);

        assertThat(result.status()).as("%s", result).isNotIn(0, 70);
        assertThat(result.stderr()).containsIgnoringCase(named).doesNotContain("Exception", "\tat ");
        assertThat(result.stderr().replace("/dev/null", "")).doesNotContain("null");
        assertThat(everything()).isEqualTo(before);
    }

    private static List<JsonNode> everything() {
        return Stream.of("pool ls", "id-range ls", "user ls", "group ls", "image ls", "ct ls -o all", "ct history web")
                .map(host::json)
                .toList();
    }
}
