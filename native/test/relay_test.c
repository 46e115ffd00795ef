/* Drives osctl from its hello to its end against a daemon that each test plays itself. /run is private to these tests. */
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "daemon.h"

/* ---- hello ---- */

static const unsigned char *skip_strings(const unsigned char *at, uint32_t count) {
    while (count-- > 0) at += strlen((const char *)at) + 1;
    return at;
}

static const unsigned char *arguments_of(const struct received *hello) {
    return skip_strings(hello->payload + 9, 1);
}

static void check_arguments(const struct received *hello, char *const argv[]) {
    const unsigned char *at = arguments_of(hello);
    uint32_t count = u32_at(at);

    at += 4;
    for (uint32_t i = 0; i < count; i++) {
        CHECK(argv[i] != NULL && strcmp((const char *)at, argv[i]) == 0);
        at = skip_strings(at, 1);
    }
    CHECK(argv[count] == NULL);
}

static void set_environment(void) {
    CHECK(clearenv() == 0);
    CHECK(setenv("TERM", "vt100", 1) == 0 && setenv("NO_COLOR", "", 1) == 0 && setenv("SECRET", "s", 1) == 0);
    CHECK(chdir("/usr") == 0);
}

static void hello_tells_everything(void) {
    char *argv[] = {"/some/where/ct", "exec", "web", "\xff\x01\n=", "", NULL};
    struct session session = call("osctl", argv, set_environment);
    struct received hello = next_frame(session);
    struct stat given, null;

    CHECK(hello.type == 'H' && u32_at(hello.payload) == 1 && hello.payload[4] == 0);
    CHECK(u32_at(hello.payload + 5) == 0);
    CHECK(strcmp((const char *)hello.payload + 9, "/usr") == 0);
    check_arguments(&hello, ARGS("ct", "exec", "web", "\xff\x01\n=", ""));
    const unsigned char *environment = skip_strings(arguments_of(&hello) + 4, 5);
    const char expected[] = "\2\0\0\0TERM=vt100\0NO_COLOR=";
    CHECK(environment + sizeof(expected) == hello.payload + hello.length);
    CHECK(memcmp(environment, expected, sizeof(expected)) == 0);

    CHECK(hello.fd_count == 3 && fstat(hello.fds[0], &given) == 0 && stat("/dev/null", &null) == 0);
    CHECK(given.st_rdev == null.st_rdev);
    CHECK(write(hello.fds[1], "out", 3) == 3 && write(hello.fds[2], "err", 3) == 3);
    CHECK(close(hello.fds[1]) == 0 && close(hello.fds[2]) == 0);
    answer_exit(session, 0, 0);
    CHECK(strcmp(read_all(session.relay.output), "out") == 0 && strcmp(read_all(session.relay.errors), "err") == 0);
    exits_with(session, 0);
}

static void allow_long_command_lines(void) {
    struct rlimit stack;

    CHECK(getrlimit(RLIMIT_STACK, &stack) == 0);
    stack.rlim_cur = stack.rlim_max;
    CHECK(setrlimit(RLIMIT_STACK, &stack) == 0);
}

static void long_command_lines_arrive_whole(void) {
    enum { ARGUMENTS = 10000, LENGTH = 230 };
    static char *argv[ARGUMENTS + 1];

    allow_long_command_lines();
    for (int i = 0; i < ARGUMENTS; i++) {
        argv[i] = malloc(LENGTH + 1);
        CHECK(argv[i] != NULL);
        for (int j = 0; j < LENGTH; j++) argv[i][j] = (char)(1 + (i * 7 + j) % 255);
        argv[i][0] = 'a';
        argv[i][LENGTH] = '\0';
    }
    argv[0] = "osctl";
    struct session session = call("osctl", argv, NULL);
    struct received hello = next_frame(session);
    CHECK(hello.length > 2000000 && hello.fd_count == 3);
    check_arguments(&hello, argv);
    answer_exit(session, 0, 0);
    exits_with(session, 0);
}

static void close_stdin(void) {
    CHECK(close(STDIN_FILENO) == 0);
}

static void a_closed_descriptor_is_null(void) {
    struct session session = call("osctl", ARGS("osctl"), close_stdin);
    struct received hello = next_frame(session);
    struct stat given, null;

    CHECK(hello.fd_count == 3 && fstat(hello.fds[0], &given) == 0 && stat("/dev/null", &null) == 0);
    CHECK(S_ISCHR(given.st_mode) && given.st_rdev == null.st_rdev);
}

static void a_lost_working_directory_is_empty(void) {
    struct session session = call("osctl", ARGS("osctl"), lose_working_directory);
    struct received hello = next_frame(session);
    CHECK(hello.payload[9] == '\0');
}

/* ---- instances ---- */

static void set_instance(void) {
    CHECK(setenv("OSCTL_INSTANCE", "t1", 1) == 0);
}

static void set_empty_instance(void) {
    CHECK(setenv("OSCTL_INSTANCE", "", 1) == 0);
}

static void reaches(const char *instance, char *const argv[], void (*prepare)(void), char *const expected[]) {
    struct session session = call(instance, argv, prepare);
    struct received hello = next_frame(session);
    check_arguments(&hello, expected);
    answer_exit(session, 0, 0);
    exits_with(session, 0);
}

static void an_instance_is_chosen(void) {
    reaches("t2", ARGS("osctl", "--instance", "t2", "ls"), NULL, ARGS("osctl", "ls"));
    reaches("t2", ARGS("osctl", "-j", "--instance=t2", "ls"), NULL, ARGS("osctl", "-j", "ls"));
    reaches("t1", ARGS("osctl", "ls"), set_instance, ARGS("osctl", "ls"));
    reaches("t2", ARGS("osctl", "--instance=t2"), set_instance, ARGS("osctl"));
    reaches("osctl", ARGS("osctl", "ls"), set_empty_instance, ARGS("osctl", "ls"));
}

static void a_commands_own_instance_option_is_left_alone(void) {
    reaches("osctl", ARGS("osctl", "exec", "--instance", "t2"), NULL, ARGS("osctl", "exec", "--instance", "t2"));
    reaches("osctl", ARGS("osctl", "--", "--instance=t2"), NULL, ARGS("osctl", "--", "--instance=t2"));
}

static void fails_alone(int expected, const char *message, char *const argv[], void (*prepare)(void)) {
    struct session session = {.relay = start(osctl, argv, prepare)};
    ends_with_message(session, expected, message);
}

static void bad_instance_names_are_refused(void) {
    fails_alone(2, "--instance needs a name", ARGS("osctl", "--instance"), NULL);
    fails_alone(2, "'' cannot be an instance", ARGS("osctl", "--instance="), NULL);
    fails_alone(2, "'../x' cannot be an instance", ARGS("osctl", "--instance=../x"), NULL);
    fails_alone(2, "'1a' cannot be an instance", ARGS("osctl", "--instance", "1a"), NULL);
    fails_alone(2, "cannot be an instance", ARGS("osctl", "--instance", "a123456789012345"), NULL);
    fails_alone(69, "'osctld --instance a12345678901234'", ARGS("osctl", "--instance", "a12345678901234"), NULL);
}

/* ---- no daemon ---- */

static void drop_override(void) {
    CHECK(prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) == 0);
}

static void a_missing_daemon_is_told(void) {
    fails_alone(69, "osctl: osctld is not running: there is no socket at /run/osctl/osctld.sock; start it with "
        "'systemctl start osctld', or 'osctld' by hand (the manual: 'man osctl')\n",
        ARGS("osctl", "ct", "ls"), NULL);
    fails_alone(69, "osctl: osctld of instance t1 is not running: there is no socket at /run/t1/osctld.sock; "
        "start it with 'osctld --instance t1'\n", ARGS("osctl", "ct", "ls"), set_instance);

    CHECK(close(listen_at("osctl")) == 0);
    fails_alone(69, "osctld is not running: nobody answers at /run/osctl/osctld.sock", ARGS("osctl"), NULL);

    CHECK(chmod("/run/osctl/osctld.sock", 0) == 0);
    fails_alone(69, "permission denied on /run/osctl/osctld.sock; use sudo or become a member of the group osctl-admin",
        ARGS("osctl"), drop_override);
}

/* ---- ends ---- */

static void dies_of(int number) {
    struct session session = greeted(NULL);
    answer_exit(session, 3, number);
    int status = status_of(session.relay.pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == number && !WCOREDUMP(status));
}

static void ignore_pipe(void) {
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
}

static void it_ends_as_the_daemon_says(void) {
    struct session session = greeted(NULL);
    answer_exit(session, 255, 0);
    exits_with(session, 255);

    dies_of(SIGPIPE);
    dies_of(SIGINT);
    dies_of(SIGKILL);
    dies_of(SIGQUIT);
    dies_of(SIGRTMAX);

    session = greeted(ignore_pipe);
    answer_exit(session, 0, SIGPIPE);
    CHECK(WIFSIGNALED(status_of(session.relay.pid)));

    session = greeted(NULL);
    answer_exit(session, 0, SIGCHLD);
    exits_with(session, 128 + SIGCHLD);

    session = greeted(NULL);
    answer_exit(session, 0, SIGSTOP);
    exits_with(session, 128 + SIGSTOP);
}

static void an_answer_may_come_in_pieces(void) {
    struct session session = greeted(NULL);
    const unsigned char frame[] = {2, 0, 0, 0, 'x', 7, 0};

    for (size_t i = 0; i < sizeof(frame); i++) send_bytes(session, frame + i, 1);
    exits_with(session, 7);
}

static void a_lost_daemon_is_told(void) {
    struct session session = greeted(NULL);
    CHECK(close(session.connection) == 0);
    ends_with_message(session, 70, "osctl: the daemon went away before it answered; containers keep running\n");
}

static void an_early_answer_counts_though_the_hello_was_not_read(void) {
    static char large[100000];
    memset(large, 'a', sizeof(large) - 1);
    struct session session = call("osctl", ARGS("osctl", large, large, large, large), NULL);

    answer_exit(session, 9, 0);
    CHECK(close(session.connection) == 0);
    exits_with(session, 9);
}

static void is_malformed(const char *bytes, size_t length) {
    struct session session = greeted(NULL);
    send_bytes(session, bytes, length);
    ends_with_message(session, 70, "osctl: the daemon's answer is malformed");
}

#define MALFORMED(bytes) is_malformed(bytes, sizeof(bytes) - 1)

static void malformed_answers_are_refused(void) {
    MALFORMED("\0\0\0\0z");
    MALFORMED("\1\0\0\0x\0");
    MALFORMED("\3\0\0\0x\0\0\0");
    MALFORMED("\2\0\0\0x\0\x41");
    MALFORMED("\xff\xff\xff\xffo");
    MALFORMED("\x09\x10\0\0o");
    MALFORMED("\x08\0\0\0o\0\0\0\0\0\0\0\0");
    MALFORMED("\x09\0\0\0o\0\0\0\0\0\0\0\0\0");
    MALFORMED("\x0a\0\0\0o\0\0\0\0\0\0\0\0ab");
    MALFORMED("\x0c\0\0\0o\0\0\0\0\0\0\0\0a\0b\0");
}

int main(int argc, char **argv) {
    if (!prepare_relay(argc, argv)) {
        printf("skipped: needs root or user namespaces, for a /run of its own\n");
        return EXIT_SUCCESS;
    }

    run("a missing daemon is told, with what to do", a_missing_daemon_is_told);
    run("the hello tells everything", hello_tells_everything);
    run("long command lines arrive whole", long_command_lines_arrive_whole);
    run("a closed descriptor is /dev/null", a_closed_descriptor_is_null);
    run("a lost working directory is empty", a_lost_working_directory_is_empty);
    run("an instance is chosen", an_instance_is_chosen);
    run("a command's own --instance is left alone", a_commands_own_instance_option_is_left_alone);
    run("bad instance names are refused", bad_instance_names_are_refused);
    run("it ends as the daemon says", it_ends_as_the_daemon_says);
    run("an answer may come in pieces", an_answer_may_come_in_pieces);
    run("a lost daemon is told", a_lost_daemon_is_told);
    run("an early answer counts though the hello was not read", an_early_answer_counts_though_the_hello_was_not_read);
    run("malformed answers are refused", malformed_answers_are_refused);
    return summary();
}
