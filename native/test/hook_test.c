/* Drives 'osctl hook' against a daemon that each test plays itself. /run is private to these tests. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static const char SOCKET[] = "/run/t1/hook.sock";
static const char READY[] = "\1\0\0\0k\0";
static const size_t READY_LENGTH = sizeof(READY) - 1;

static char osctl[PATH_MAX];

static int listen_here(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(mkdir("/run/t1", 0711) == 0 || errno == EEXIST);
    CHECK(unlink(SOCKET) == 0 || errno == ENOENT);
    strcpy(address.sun_path, SOCKET);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 1) == 0);
    return fd;
}

/* As LXC calls it, with its own words after ours. */
static struct program hook(void) {
    return start(osctl, ARGS("osctl", "--instance", "t1", "hook", "start-host", "web", "lxc", "start-host"), NULL);
}

static int accept_question(int listener) {
    static const char QUESTION[] = {5, 0, 0, 0, 'K', 1, 0, 0, 0, 1};
    char question[sizeof(QUESTION) + 1];
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    CHECK(connection >= 0);
    CHECK(recv(connection, question, sizeof(QUESTION), MSG_WAITALL) == sizeof(QUESTION));
    CHECK(memcmp(question, QUESTION, sizeof(QUESTION)) == 0);
    CHECK(recv(connection, question, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
    return connection;
}

static void answer(int connection, const char *bytes, size_t length) {
    CHECK(send(connection, bytes, length, MSG_NOSIGNAL) == (ssize_t)length);
    CHECK(close(connection) == 0);
}

static void ends(struct program program, int expected, const char *message) {
    char *errors = read_all(program.errors);
    int status = status_of(program.pid);

    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == expected);
    CHECK(contains(errors, message));
    CHECK(strchr(errors, '\n') == strrchr(errors, '\n'));
}

static void succeeds(struct program program) {
    CHECK(*read_all(program.errors) == '\0');
    int status = status_of(program.pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void sleep_ms(long milliseconds) {
    struct timespec pause = {.tv_nsec = milliseconds * 1000000};
    CHECK(nanosleep(&pause, NULL) == 0);
}

static void still_runs(struct program program) {
    CHECK(waitpid(program.pid, NULL, WNOHANG) == 0);
}

static void it_asks_and_ends_well(void) {
    int listener = listen_here();
    struct program program = hook();

    answer(accept_question(listener), READY, READY_LENGTH);
    succeeds(program);
}

static void it_tells_why_not(void) {
    static const char REFUSED[] = "\x10\0\0\0k\1no such network";
    int listener = listen_here();
    struct program program = hook();

    answer(accept_question(listener), REFUSED, sizeof(REFUSED) - 1);
    ends(program, 1, "osctl: no such network\n");
}

static void an_answer_may_come_in_pieces(void) {
    int listener = listen_here();
    struct program program = hook();
    int connection = accept_question(listener);

    for (size_t i = 0; i < READY_LENGTH; i++) {
        still_runs(program);
        CHECK(send(connection, READY + i, 1, MSG_NOSIGNAL) == 1);
        sleep_ms(5);
    }
    succeeds(program);
}

static void it_waits_for_a_daemon_without_a_socket(void) {
    struct program program = hook();

    sleep_ms(300);
    still_runs(program);
    int listener = listen_here();
    answer(accept_question(listener), READY, READY_LENGTH);
    succeeds(program);
}

static void it_waits_for_a_daemon_that_left_its_socket(void) {
    CHECK(close(listen_here()) == 0);
    struct program program = hook();

    sleep_ms(300);
    still_runs(program);
    int listener = listen_here();
    answer(accept_question(listener), READY, READY_LENGTH);
    succeeds(program);
}

static void it_asks_again_when_the_daemon_dies(void) {
    int listener = listen_here();
    struct program program = hook();

    CHECK(close(accept_question(listener)) == 0);
    answer(accept_question(listener), READY, READY_LENGTH - 1);
    answer(accept_question(listener), READY, READY_LENGTH);
    succeeds(program);
}

static void it_asks_seldom_while_nobody_answers(void) {
    enum { QUESTIONS = 8 };
    struct timespec before, after;
    int listener = listen_here();
    struct program program = hook();

    CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
    for (int i = 0; i < QUESTIONS; i++) CHECK(close(accept_question(listener)) == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
    /* 20 + 40 + 80 + 160 + 3 * 200 */
    CHECK((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 890);
    answer(accept_question(listener), READY, READY_LENGTH);
    succeeds(program);
}

static void a_signal_ends_the_waiting(void) {
    struct program program = hook();

    sleep_ms(50);
    CHECK(kill(program.pid, SIGTERM) == 0);
    int status = status_of(program.pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static void malformed_answers_fail_it(void) {
    static const struct {
        const char *bytes;
        size_t length;
    } MALFORMED[] = {
        {"\2\0\0\0x\0\0", 7},
        {"\0\0\0\0k", 5},
        {"\377\377\377\377k", 5},
        {"\2\4\0\0k", 5},
    };

    for (size_t i = 0; i < sizeof(MALFORMED) / sizeof(MALFORMED[0]); i++) {
        int listener = listen_here();
        struct program program = hook();
        answer(accept_question(listener), MALFORMED[i].bytes, MALFORMED[i].length);
        ends(program, 1, "the answer of osctld is ");
        CHECK(close(listener) == 0);
    }
}

static void other_hooks_are_not_known(void) {
    ends(start(osctl, ARGS("osctl", "--instance", "t1", "hook"), NULL), 2, "osctl hook start-host");
    ends(start(osctl, ARGS("osctl", "--instance", "t1", "hook", "mount"), NULL), 2, "osctl hook start-host");
}

int main(int argc, char **argv) {
    if (argc != 2 || realpath(argv[1], osctl) == NULL) return EXIT_FAILURE;
    strcat(osctl, "/osctl");
    if (!private_run()) {
        printf("skipped: needs root or user namespaces, for a /run of its own\n");
        return EXIT_SUCCESS;
    }

    run("it asks and ends well", it_asks_and_ends_well);
    run("it tells why not", it_tells_why_not);
    run("an answer may come in pieces", an_answer_may_come_in_pieces);
    run("it waits for a daemon without a socket", it_waits_for_a_daemon_without_a_socket);
    run("it waits for a daemon that left its socket", it_waits_for_a_daemon_that_left_its_socket);
    run("it asks again when the daemon dies", it_asks_again_when_the_daemon_dies);
    run("it asks seldom while nobody answers", it_asks_seldom_while_nobody_answers);
    run("a signal ends the waiting", a_signal_ends_the_waiting);
    run("malformed answers fail it", malformed_answers_fail_it);
    run("other hooks are not known", other_hooks_are_not_known);
    return summary();
}
