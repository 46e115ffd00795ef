/* Signals, files and the terminal of an osctl that is connected, as relay_test.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>

#include "daemon.h"

/* ---- signals ---- */

static void signals_are_forwarded(void) {
    static const int NUMBERS[] = {SIGHUP, SIGQUIT, SIGUSR1, SIGINT, SIGTERM};
    struct session session = greeted(NULL);

    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(*NUMBERS); i++) {
        CHECK(kill(session.relay.pid, NUMBERS[i]) == 0);
        expect_signal(session, NUMBERS[i]);
    }
    CHECK(kill(session.relay.pid, SIGINT) == 0);
    exits_with(session, 130);
}

static void the_third_termination_ends_it(void) {
    struct session session = greeted(NULL);

    CHECK(kill(session.relay.pid, SIGTERM) == 0);
    expect_signal(session, SIGTERM);
    CHECK(kill(session.relay.pid, SIGTERM) == 0);
    expect_signal(session, SIGTERM);
    CHECK(kill(session.relay.pid, SIGTERM) == 0);
    exits_with(session, 143);
}

static void ignore_hangups(void) {
    CHECK(signal(SIGHUP, SIG_IGN) != SIG_ERR);
}

static void block_terminations(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
}

static void ignored_signals_stay_ignored_and_blocked_ones_do_not(void) {
    struct session session = greeted(ignore_hangups);
    CHECK(kill(session.relay.pid, SIGHUP) == 0 && kill(session.relay.pid, SIGUSR1) == 0);
    expect_signal(session, SIGUSR1);

    session = greeted(block_terminations);
    CHECK(kill(session.relay.pid, SIGTERM) == 0);
    expect_signal(session, SIGTERM);
}

static void interrupts_work_while_the_daemon_reads_nothing(void) {
    static char large[100000];
    memset(large, 'a', sizeof(large) - 1);
    struct session session = call("osctl", ARGS("osctl", large, large, large, large, large), NULL);
    char byte;
    int status = 0;

    CHECK(recv(session.connection, &byte, 1, MSG_PEEK) == 1); /* signals are handled before anything is sent */
    while (waitpid(session.relay.pid, &status, WNOHANG) == 0) {
        CHECK(kill(session.relay.pid, SIGINT) == 0);
        CHECK(usleep(1000) == 0);
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 130);
}

static void own_group(void) {
    CHECK(setpgid(0, 0) == 0);
}

static void own_session(void) {
    CHECK(setsid() > 0);
}

static void it_stops_and_continues_with_its_terminal(void) {
    struct session session = greeted(own_group);

    CHECK(kill(session.relay.pid, SIGTSTP) == 0);
    expect_signal(session, SIGTSTP);
    CHECK(WIFSTOPPED(status_of(session.relay.pid)));
    CHECK(kill(session.relay.pid, SIGCONT) == 0);
    expect_signal(session, SIGCONT);
    expect_window(session, 0, 0);
    CHECK(kill(session.relay.pid, SIGTSTP) == 0);
    expect_signal(session, SIGTSTP);
    CHECK(WIFSTOPPED(status_of(session.relay.pid)));
    CHECK(kill(session.relay.pid, SIGCONT) == 0);
}

static void it_does_not_stop_where_nobody_could_continue_it(void) {
    struct session session = greeted(own_session);

    CHECK(kill(session.relay.pid, SIGTSTP) == 0);
    expect_signal(session, SIGTSTP);
    expect_signal(session, SIGCONT);
    expect_window(session, 0, 0);
    answer_exit(session, 0, 0);
    exits_with(session, 0);
}

/* ---- files ---- */

static void files_are_opened_by_the_relay(void) {
    struct session session = greeted(lose_working_directory);
    struct stat file;
    char text[6] = {0};

    ask_open(session, O_CREAT | O_EXCL | O_RDWR, 0666, "/run/made");
    struct received answer = opened(session);
    CHECK(answer.fd_count == 1 && write(answer.fds[0], "hello", 5) == 5);
    CHECK(fstat(answer.fds[0], &file) == 0 && (file.st_mode & 0777) == 0640);
    ask_open(session, O_CREAT | O_EXCL | O_RDWR, 0666, "/run/made");
    CHECK(u32_at(opened(session).payload) == EEXIST);
    ask_open(session, O_RDONLY, 0, "/run/made");
    answer = opened(session);
    CHECK(read(answer.fds[0], text, 5) == 5 && strcmp(text, "hello") == 0);
    ask_open(session, O_RDONLY, 0, "relative");
    CHECK(u32_at(opened(session).payload) == ENOENT);
    answer_exit(session, 0, 0);
    exits_with(session, 0);
}

static void enter_usr(void) {
    CHECK(chdir("/usr") == 0);
}

static void relative_paths_start_where_the_caller_is(void) {
    struct session session = greeted(enter_usr);
    struct stat here, there;

    ask_open(session, O_RDONLY | O_DIRECTORY, 0, "bin");
    struct received answer = opened(session);
    CHECK(answer.fd_count == 1 && fstat(answer.fds[0], &here) == 0 && stat("/usr/bin", &there) == 0);
    CHECK(here.st_ino == there.st_ino);
}

static void several_opens_are_answered_in_order(void) {
    struct session session = greeted(NULL);

    for (int i = 0; i < 500; i++) ask_open(session, O_RDONLY, 0, i % 2 == 0 ? "/dev/null" : "/no/such");
    for (int i = 0; i < 500; i++) {
        struct received answer = opened(session);
        CHECK(u32_at(answer.payload) == (i % 2 == 0 ? 0 : ENOENT));
        if (answer.fd_count == 1) CHECK(close(answer.fds[0]) == 0);
    }
}

/* The signal may come before the open begins; it is then forwarded, and another is sent. */
static void an_open_that_waits_can_be_interrupted(void) {
    struct session session = greeted(NULL);
    struct received answer = {.type = 'S'};

    CHECK(mkfifo("/run/fifo", 0600) == 0);
    ask_open(session, O_RDONLY, 0, "/run/fifo");
    while (answer.type == 'S') {
        CHECK(kill(session.relay.pid, SIGHUP) == 0);
        answer = next_frame(session);
    }
    CHECK(answer.type == 'O' && u32_at(answer.payload) == EINTR);
    expect_signal(session, SIGHUP);
}

/* ---- the terminal ---- */

static int terminal_slave;

static void take_terminal(void) {
    CHECK(setsid() > 0 && ioctl(terminal_slave, TIOCSCTTY, 0) == 0);
    for (int fd = 0; fd < 3; fd++) CHECK(dup2(terminal_slave, fd) == fd);
}

static void take_terminal_but_for_output(void) {
    CHECK(setsid() > 0 && ioctl(terminal_slave, TIOCSCTTY, 0) == 0 && dup2(terminal_slave, 0) == 0);
}

/* Its parent, the shell of this terminal, has the foreground. */
static void take_terminal_in_the_background(void) {
    int status;

    take_terminal();
    pid_t relay = fork();
    CHECK(relay >= 0);
    if (relay == 0) {
        CHECK(setpgid(0, 0) == 0);
        return;
    }
    CHECK(waitpid(relay, &status, 0) == relay);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 255);
}

static int new_terminal(void) {
    const struct winsize size = {.ws_row = 300, .ws_col = 17};
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    terminal_slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(terminal_slave >= 0 && ioctl(master, TIOCSWINSZ, &size) == 0);
    return master;
}

static tcflag_t local_modes(void) {
    struct termios mode;
    CHECK(tcgetattr(terminal_slave, &mode) == 0);
    return mode.c_lflag;
}

static void make_raw(void) {
    struct termios mode;
    CHECK(tcgetattr(terminal_slave, &mode) == 0);
    cfmakeraw(&mode);
    CHECK(tcsetattr(terminal_slave, TCSANOW, &mode) == 0);
}

static void window_changes_are_told(void) {
    const struct winsize grown = {.ws_row = 301, .ws_col = 1000};
    int master = new_terminal();
    struct session session = call("osctl", ARGS("osctl"), take_terminal);
    struct received hello = next_frame(session);

    CHECK(hello.payload[4] == 7 && u32_at(hello.payload + 5) == (17U << 16 | 300U));
    CHECK(ioctl(master, TIOCSWINSZ, &grown) == 0);
    expect_window(session, 301, 1000);
    CHECK(write(master, "\003", 1) == 1);
    expect_signal(session, SIGINT);
    answer_exit(session, 0, 0);
    exits_with(session, 0);
}

static struct session raw_session(void (*prepare)(void)) {
    (void)new_terminal();
    struct session session = greeted(prepare);
    make_raw();
    return session;
}

static void a_raw_terminal_is_restored_at_every_end(void) {
    struct session session = raw_session(take_terminal);
    answer_exit(session, 4, 0);
    exits_with(session, 4);
    CHECK((local_modes() & (ICANON | ECHO)) == (ICANON | ECHO));

    session = raw_session(take_terminal);
    answer_exit(session, 0, SIGINT);
    CHECK(WIFSIGNALED(status_of(session.relay.pid)));
    CHECK((local_modes() & (ICANON | ECHO)) == (ICANON | ECHO));

    session = raw_session(take_terminal);
    CHECK(close(session.connection) == 0);
    exits_with(session, 70);
    CHECK((local_modes() & (ICANON | ECHO)) == (ICANON | ECHO));

    session = raw_session(take_terminal);
    for (int i = 0; i < 2; i++) {
        CHECK(kill(session.relay.pid, SIGTERM) == 0);
        expect_signal(session, SIGTERM);
    }
    CHECK(kill(session.relay.pid, SIGTERM) == 0);
    exits_with(session, 143);
    CHECK((local_modes() & (ICANON | ECHO)) == (ICANON | ECHO));
}

static void a_background_job_reads_nothing_of_its_terminal(void) {
    struct stat input, nothing;

    (void)new_terminal();
    struct session session = call("osctl", ARGS("osctl"), take_terminal_in_the_background);
    struct received hello = next_frame(session);

    CHECK(hello.payload[4] == 6 && hello.fd_count == 3);
    CHECK(fstat(hello.fds[0], &input) == 0 && stat("/dev/null", &nothing) == 0 && input.st_rdev == nothing.st_rdev);
    answer_exit(session, 3, 0);
    exits_with(session, 3);
}

static void a_pagers_terminal_is_left_alone(void) {
    struct session session = raw_session(take_terminal_but_for_output);
    answer_exit(session, 0, 0);
    exits_with(session, 0);
    CHECK((local_modes() & ICANON) == 0);
}

int main(int argc, char **argv) {
    if (!prepare_relay(argc, argv)) {
        printf("skipped: needs root or user namespaces, for a /run of its own\n");
        return EXIT_SUCCESS;
    }

    run("signals are forwarded", signals_are_forwarded);
    run("the third termination ends it", the_third_termination_ends_it);
    run("ignored signals stay ignored, blocked ones do not", ignored_signals_stay_ignored_and_blocked_ones_do_not);
    run("interrupts work while the daemon reads nothing", interrupts_work_while_the_daemon_reads_nothing);
    run("it stops and continues", it_stops_and_continues_with_its_terminal);
    run("it does not stop where nobody could continue it", it_does_not_stop_where_nobody_could_continue_it);
    run("files are opened by the relay", files_are_opened_by_the_relay);
    run("relative paths start where the caller is", relative_paths_start_where_the_caller_is);
    run("several opens are answered in order", several_opens_are_answered_in_order);
    run("an open that waits can be interrupted", an_open_that_waits_can_be_interrupted);
    run("window changes are told", window_changes_are_told);
    run("a raw terminal is restored at every end", a_raw_terminal_is_restored_at_every_end);
    run("a background job reads nothing of its terminal", a_background_job_reads_nothing_of_its_terminal);
    run("a pager's terminal is left alone", a_pagers_terminal_is_left_alone);
    return summary();
}
