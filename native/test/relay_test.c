/* Drives osctl against a daemon that each test plays itself. /run is private to these tests. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "harness.h"

static char osctl[PATH_MAX];

/* ---- the daemon's side ---- */

struct received {
    char type;
    size_t length;
    unsigned char *payload;
    int fds[3];
    size_t fd_count;
};

struct session {
    struct program relay;
    int connection;
};

static int listen_at(const char *instance) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "/run/%s", instance);
    CHECK(mkdir(address.sun_path, 0700) == 0 || errno == EEXIST);
    snprintf(address.sun_path, sizeof(address.sun_path), "/run/%s/osctld.sock", instance);
    CHECK(unlink(address.sun_path) == 0 || errno == ENOENT);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 1) == 0);
    return fd;
}

static struct session call(const char *instance, char *const argv[], void (*prepare)(void)) {
    int listener = listen_at(instance);
    struct session session = {.relay = start(osctl, argv, prepare)};

    session.connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    CHECK(session.connection >= 0 && close(listener) == 0);
    return session;
}

/* Receives up to length bytes, with descriptors if there are any; less only at the end of the stream. */
static size_t receive(int connection, void *bytes, size_t length, struct received *frame) {
    size_t total = 0;

    while (total < length) {
        char control[256];
        struct iovec part = {.iov_base = (char *)bytes + total, .iov_len = length - total};
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
        ssize_t got = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
        CHECK(got >= 0 || errno == ECONNRESET);
        if (got <= 0) break;
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        if (rights != NULL) {
            CHECK(total == 0 && frame->fd_count == 0);
            frame->fd_count = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            CHECK(frame->fd_count <= 3);
            memcpy(frame->fds, CMSG_DATA(rights), frame->fd_count * sizeof(int));
        }
        total += (size_t)got;
    }
    return total;
}

static uint32_t u32_at(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static struct received next_frame(struct session session) {
    struct received frame = {0};
    unsigned char header[5];

    CHECK(receive(session.connection, header, sizeof(header), &frame) == sizeof(header));
    frame.length = u32_at(header);
    frame.type = (char)header[4];
    frame.payload = malloc(frame.length + 1);
    CHECK(frame.payload != NULL);
    CHECK(receive(session.connection, frame.payload, frame.length, &frame) == frame.length);
    return frame;
}

static void expect_hello(struct session session) {
    struct received hello = next_frame(session);

    CHECK(hello.type == 'H' && hello.fd_count == 3);
    for (int i = 0; i < 3; i++) CHECK(close(hello.fds[i]) == 0);
}

static void expect_signal(struct session session, int number) {
    struct received frame = next_frame(session);
    CHECK(frame.type == 'S' && frame.length == 1 && frame.payload[0] == number);
}

static void expect_window(struct session session, int rows, int columns) {
    struct received frame = next_frame(session);
    CHECK(frame.type == 'W' && frame.length == 4);
    CHECK(frame.payload[0] + 256 * frame.payload[1] == rows && frame.payload[2] + 256 * frame.payload[3] == columns);
}

static void send_bytes(struct session session, const void *bytes, size_t length) {
    CHECK(send(session.connection, bytes, length, MSG_NOSIGNAL) == (ssize_t)length);
}

static void answer_exit(struct session session, int status, int number) {
    const unsigned char frame[] = {2, 0, 0, 0, 'x', (unsigned char)status, (unsigned char)number};
    send_bytes(session, frame, sizeof(frame));
}

static void ask_open(struct session session, int flags, unsigned mode, const char *path) {
    unsigned char frame[13 + PATH_MAX] = {0};
    size_t length = 8 + strlen(path) + 1;

    for (int i = 0; i < 4; i++) {
        frame[i] = (unsigned char)(length >> (8 * i));
        frame[5 + i] = (unsigned char)(flags >> (8 * i));
        frame[9 + i] = (unsigned char)(mode >> (8 * i));
    }
    frame[4] = 'o';
    strcpy((char *)frame + 13, path);
    send_bytes(session, frame, 5 + length);
}

static struct received opened(struct session session) {
    struct received frame = next_frame(session);
    CHECK(frame.type == 'O' && frame.length == 4);
    CHECK(frame.fd_count == (u32_at(frame.payload) == 0 ? 1 : 0));
    return frame;
}

static void exits_with(struct session session, int expected) {
    int status = status_of(session.relay.pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

static void ends_with_message(struct session session, int expected, const char *message) {
    char *errors = read_all(session.relay.errors);
    exits_with(session, expected);
    CHECK(contains(errors, message));
    CHECK(strchr(errors, '\n') == strrchr(errors, '\n'));
}

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

static void lose_working_directory(void) {
    char directory[] = "/run/gone-XXXXXX";
    CHECK(mkdtemp(directory) != NULL && chdir(directory) == 0 && rmdir(directory) == 0);
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
        "'systemctl start osctld', or 'osctld' by hand\n", ARGS("osctl", "ct", "ls"), NULL);
    fails_alone(69, "osctl: osctld of instance t1 is not running: there is no socket at /run/t1/osctld.sock; "
        "start it with 'osctld --instance t1'\n", ARGS("osctl", "ct", "ls"), set_instance);

    CHECK(close(listen_at("osctl")) == 0);
    fails_alone(69, "osctld is not running: nobody answers at /run/osctl/osctld.sock", ARGS("osctl"), NULL);

    CHECK(chmod("/run/osctl/osctld.sock", 0) == 0);
    fails_alone(69, "permission denied on /run/osctl/osctld.sock; use sudo or become a member of the group osctl-admin",
        ARGS("osctl"), drop_override);
}

/* ---- ends ---- */

static struct session greeted(void (*prepare)(void)) {
    struct session session = call("osctl", ARGS("osctl", "ct", "ls"), prepare);
    expect_hello(session);
    return session;
}

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

static void a_pagers_terminal_is_left_alone(void) {
    struct session session = raw_session(take_terminal_but_for_output);
    answer_exit(session, 0, 0);
    exits_with(session, 0);
    CHECK((local_modes() & ICANON) == 0);
}

int main(int argc, char **argv) {
    if (argc != 2 || realpath(argv[1], osctl) == NULL) return EXIT_FAILURE;
    strcat(osctl, "/osctl");
    if (!private_run()) {
        printf("skipped: needs root or user namespaces, for a /run of its own\n");
        return EXIT_SUCCESS;
    }
    (void)umask(0027);

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
    run("a pager's terminal is left alone", a_pagers_terminal_is_left_alone);
    return summary();
}
