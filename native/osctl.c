/*
 * osctl: hands a command line, three file descriptors and the terminal's events to osctld and ends as the daemon says.
 *
 * It knows no command, but it is also the hook that LXC runs before a container's init (hook.c). docs/protocol.md
 * describes what goes over the sockets.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "frame.h"
#include "hook.h"
#include "instance.h"
#include "terminal.h"

const char PROGRAM[] = "osctl";

enum {
    PROTOCOL_VERSION = 1,

    /* The user who interrupts this often has stopped waiting for the daemon. */
    LAST_INTERRUPT = 3,

    OPEN_PREFIX = 8,
    LARGEST_ANSWER = FRAME_HEADER + OPEN_PREFIX + PATH_MAX,
};

static const char *const ENVIRONMENT[] = {
    "TERM", "LANG", "LC_ALL", "NO_COLOR", "COLUMNS", "SUDO_USER", "USER", "EDITOR",
};

static const int FORWARDED[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct relay {
    int socket;
    struct outbox out;
    unsigned char in[LARGEST_ANSWER];
    size_t in_length;
    sigset_t handled;
    sigset_t waiting; /* the signal mask while nothing is to be done */
    int interrupts;
};

struct verdict {
    bool given;
    uint8_t status;
    uint8_t signal;
};

/* Signals stay blocked outside of waiting and opening, so only the handler and its reader ever touch these. */
static volatile sig_atomic_t caught[NSIG];

_Noreturn static void die_malformed(void) {
    die(EXIT_LOST, "the daemon's answer is malformed; osctl and osctld must be of the same version");
}

/* ---- frames to the daemon ---- */

static void queue_signal(struct relay *relay, int number) {
    struct frame *frame = new_frame('S');

    put_u8(frame, (uint8_t)number);
    enqueue(&relay->out, frame);
}

static void queue_window(struct relay *relay) {
    struct winsize size = window_size();
    struct frame *frame = new_frame('W');

    put_u16(frame, size.ws_row);
    put_u16(frame, size.ws_col);
    enqueue(&relay->out, frame);
}

static void put_environment(struct frame *frame) {
    uint32_t set = 0;

    for (size_t i = 0; i < COUNT(ENVIRONMENT); i++) {
        if (getenv(ENVIRONMENT[i]) != NULL) set++;
    }
    put_u32(frame, set);
    for (size_t i = 0; i < COUNT(ENVIRONMENT); i++) {
        const char *value = getenv(ENVIRONMENT[i]);
        if (value == NULL) continue;
        put(frame, ENVIRONMENT[i], strlen(ENVIRONMENT[i]));
        put_u8(frame, '=');
        put_string(frame, value);
    }
}

static void queue_hello(struct relay *relay, int argc, char **argv) {
    struct frame *frame = new_frame('H');
    struct winsize size = window_size();
    char *directory = getcwd(NULL, 0);
    uint8_t terminals = 0;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (isatty(fd)) terminals |= (uint8_t)(1 << fd);
        frame->fds[frame->fd_count++] = fd;
    }
    put_u32(frame, PROTOCOL_VERSION);
    put_u8(frame, terminals);
    put_u16(frame, size.ws_row);
    put_u16(frame, size.ws_col);
    put_string(frame, directory == NULL ? "" : directory);
    put_u32(frame, (uint32_t)argc);
    for (int i = 0; i < argc; i++) put_string(frame, argv[i]);
    put_environment(frame);
    enqueue(&relay->out, frame);
    free(directory);
}

/* ---- signals ---- */

static void on_signal(int number) {
    caught[number]++;
}

static bool take(int number) {
    if (caught[number] == 0) return false;
    caught[number]--;
    return true;
}

static void set_action(int number, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler};

    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, NULL) < 0) die(EXIT_LOST, "cannot handle signal %d: %s", number, strerror(errno));
}

/* A signal that the caller made us ignore (nohup, a shell's background job) stays ignored. */
static void handle_unless_ignored(struct relay *relay, int number) {
    struct sigaction inherited;

    if (sigaction(number, NULL, &inherited) == 0 && inherited.sa_handler == SIG_IGN) return;
    sigaddset(&relay->handled, number);
    set_action(number, on_signal);
}

static void set_mask(int how, const sigset_t *set, sigset_t *old) {
    if (sigprocmask(how, set, old) < 0) die(EXIT_LOST, "cannot set the signal mask: %s", strerror(errno));
}

static void catch_signals(struct relay *relay) {
    sigemptyset(&relay->handled);
    for (size_t i = 0; i < COUNT(FORWARDED); i++) handle_unless_ignored(relay, FORWARDED[i]);
    handle_unless_ignored(relay, SIGTSTP);
    handle_unless_ignored(relay, SIGWINCH);
    set_mask(SIG_UNBLOCK, &relay->handled, NULL);
    set_mask(SIG_BLOCK, &relay->handled, &relay->waiting);
}

static void unblock_only(int number) {
    sigset_t one;

    sigemptyset(&one);
    sigaddset(&one, number);
    set_mask(SIG_UNBLOCK, &one, NULL);
}

/*
 * Stops as if SIGTSTP had never been caught. Unlike SIGSTOP this lets the kernel refuse where no shell could ever
 * continue us (an orphaned process group, as under `ssh -t`).
 */
static void stop_until_continued(struct relay *relay) {
    queue_signal(relay, SIGTSTP);
    flush(&relay->out, relay->socket);
    set_action(SIGTSTP, SIG_DFL);
    if (raise(SIGTSTP) == 0) unblock_only(SIGTSTP);
    set_mask(SIG_BLOCK, &relay->handled, NULL);
    set_action(SIGTSTP, on_signal);
    queue_signal(relay, SIGCONT);
    queue_window(relay);
}

static void forward_signals(struct relay *relay) {
    for (size_t i = 0; i < COUNT(FORWARDED); i++) {
        int number = FORWARDED[i];
        while (take(number)) {
            if (number == SIGINT || number == SIGTERM) relay->interrupts++;
            if (relay->interrupts == LAST_INTERRUPT) exit(128 + number);
            queue_signal(relay, number);
        }
    }
    while (take(SIGWINCH)) queue_window(relay);
    while (take(SIGTSTP)) stop_until_continued(relay);
}

/* Ends the way the command ended, without leaving a second core file of an innocent relay. */
_Noreturn static void die_of(int number) {
    restore_terminal();
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (number != SIGSTOP && number != SIGTSTP && number != SIGTTIN && number != SIGTTOU) {
        (void)signal(number, SIG_DFL);
        if (raise(number) == 0) unblock_only(number);
    }
    _exit(128 + number);
}

/* ---- frames from the daemon ---- */

/* An open may wait for long (a FIFO, a dead file server): what would end the command must end the wait. */
static int open_interruptibly(const char *path, int flags, mode_t mode) {
    static const int ENDING[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t ending;
    bool ended = false;
    int fd = -1;

    sigemptyset(&ending);
    for (size_t i = 0; i < COUNT(ENDING); i++) sigaddset(&ending, ENDING[i]);
    set_mask(SIG_UNBLOCK, &ending, NULL);
    for (size_t i = 0; i < COUNT(ENDING); i++) ended = ended || caught[ENDING[i]] > 0;
    errno = EINTR;
    if (!ended) fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
    int error = errno;
    set_mask(SIG_BLOCK, &ending, NULL);
    errno = error;
    return fd;
}

static void answer_open(struct relay *relay, const unsigned char *payload, size_t length) {
    const char *path = (const char *)payload + OPEN_PREFIX;

    if (length < OPEN_PREFIX + 2 || memchr(path, '\0', length - OPEN_PREFIX) != payload + length - 1) die_malformed();
    int fd = open_interruptibly(path, (int)u32_at(payload), (mode_t)u32_at(payload + 4));
    int error = fd < 0 ? errno : 0;
    struct frame *frame = new_frame('O');
    put_u32(frame, (uint32_t)error);
    if (fd >= 0) frame->fds[frame->fd_count++] = fd;
    enqueue(&relay->out, frame);
}

static struct verdict handle_frame(struct relay *relay, unsigned char type, const unsigned char *payload,
    size_t length) {
    if (type == 'o') {
        answer_open(relay, payload, length);
        return (struct verdict){0};
    }
    if (type != 'x' || length != 2 || payload[1] >= NSIG) die_malformed();
    return (struct verdict){.given = true, .status = payload[0], .signal = payload[1]};
}

static struct verdict handle_input(struct relay *relay) {
    struct verdict verdict = {0};
    size_t used = 0;

    while (!verdict.given && relay->in_length - used >= FRAME_HEADER) {
        const unsigned char *frame = relay->in + used;
        size_t length = u32_at(frame);
        if (length > LARGEST_ANSWER - FRAME_HEADER) die_malformed();
        if (relay->in_length - used - FRAME_HEADER < length) break;
        verdict = handle_frame(relay, frame[4], frame + FRAME_HEADER, length);
        used += FRAME_HEADER + length;
    }
    relay->in_length -= used;
    memmove(relay->in, relay->in + used, relay->in_length);
    return verdict;
}

static struct verdict receive(struct relay *relay) {
    ssize_t got =
        recv(relay->socket, relay->in + relay->in_length, sizeof(relay->in) - relay->in_length, MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return (struct verdict){0};
    if (got <= 0) die(EXIT_LOST, "the daemon went away before it answered; containers keep running");
    relay->in_length += (size_t)got;
    return handle_input(relay);
}

static struct verdict converse(struct relay *relay) {
    struct verdict verdict = {0};

    while (!verdict.given) {
        forward_signals(relay);
        flush(&relay->out, relay->socket);
        struct pollfd ready = {.fd = relay->socket, .events = POLLIN};
        if (relay->out.first != NULL) ready.events |= POLLOUT;
        if (ppoll(&ready, 1, NULL, &relay->waiting) < 0) {
            if (errno != EINTR) die(EXIT_LOST, "cannot wait for the daemon: %s", strerror(errno));
            continue;
        }
        if ((ready.revents & ~POLLOUT) != 0) verdict = receive(relay);
    }
    return verdict;
}

/* ---- the whole ---- */

/* A descriptor that the caller closed would otherwise be taken by the socket. */
static void fill_closed_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) _exit(EXIT_LOST);
    }
}

int main(int argc, char **argv) {
    static char default_name[] = "osctl";
    static char *no_words[] = {default_name, NULL};
    static struct relay relay;

    fill_closed_descriptors();
    leave_input_to_the_foreground();
    if (argc == 0) {
        argc = 1;
        argv = no_words;
    }
    const char *instance = take_instance(&argc, argv);
    argv[0] = basename(argv[0]);
    if (argc > 1 && strcmp(argv[1], "hook") == 0) run_hook(instance, argc - 1, argv + 1);
    relay.socket = connect_to(instance);
    remember_terminal();
    catch_signals(&relay);
    queue_hello(&relay, argc, argv);
    struct verdict verdict = converse(&relay);
    if (verdict.signal != 0) die_of(verdict.signal);
    return verdict.status;
}
