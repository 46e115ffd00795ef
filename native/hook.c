#include "hook.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "frame.h"

enum {
    PROTOCOL_VERSION = 1,
    START_HOST = 1,
    QUESTION = FRAME_HEADER + 5,

    FIRST_PAUSE_MS = 20,
    LONGEST_PAUSE_MS = 200,

    LARGEST_ANSWER = FRAME_HEADER + 1 + 1024,
};

/* The daemon's answer, or what of it came before the connection ended. */
struct answer {
    unsigned char bytes[LARGEST_ANSWER];
    size_t length;
};

/* The daemon is away, is just coming (its socket is root's alone for a moment), or has no room. */
static bool passes(int error) {
    return error == ENOENT || error == ECONNREFUSED || error == EACCES || error == EAGAIN || error == ECONNRESET ||
           error == EPIPE || error == EINTR;
}

/* Returns -1 while nobody listens. */
static int try_to_connect(const char *instance) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) die(EXIT_HOOK_FAILED, "cannot make a socket: %s", strerror(errno));
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "/run/%s/hook.sock", instance);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0) return fd;
    if (!passes(errno)) die(EXIT_HOOK_FAILED, "cannot reach osctld at %s: %s", address.sun_path, strerror(errno));
    close(fd);
    return -1;
}

/* The frame's length once it is known, no less than the header's. */
static size_t wanted(const struct answer *answer) {
    size_t length = answer->length < FRAME_HEADER ? 0 : u32_at(answer->bytes);

    if (length > LARGEST_ANSWER - FRAME_HEADER) die(EXIT_HOOK_FAILED, "the answer of osctld is too long");
    return FRAME_HEADER + length;
}

/* Whether the whole answer came; a daemon that ends, or has no time now, gives none. */
static bool ask(int fd, struct answer *answer) {
    static const unsigned char QUESTION_BYTES[QUESTION] = {
        QUESTION - FRAME_HEADER, 0, 0, 0, 'K', PROTOCOL_VERSION, 0, 0, 0, START_HOST};

    if (send(fd, QUESTION_BYTES, sizeof(QUESTION_BYTES), MSG_NOSIGNAL) < 0 && !passes(errno)) {
        die(EXIT_HOOK_FAILED, "cannot ask osctld: %s", strerror(errno));
    }
    answer->length = 0;
    while (answer->length < wanted(answer)) {
        ssize_t got = recv(fd, answer->bytes + answer->length, wanted(answer) - answer->length, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && !passes(errno)) die(EXIT_HOOK_FAILED, "no answer of osctld: %s", strerror(errno));
        if (got <= 0) return false;
        answer->length += (size_t)got;
    }
    return true;
}

static bool ask_once(const char *instance, struct answer *answer) {
    int fd = try_to_connect(instance);

    if (fd < 0) return false;
    bool answered = ask(fd, answer);
    close(fd);
    return answered;
}

_Noreturn static void end_as(const struct answer *answer) {
    const unsigned char *payload = answer->bytes + FRAME_HEADER;
    size_t length = answer->length - FRAME_HEADER;

    if (answer->bytes[4] != 'k' || length == 0) {
        die(EXIT_HOOK_FAILED, "the answer of osctld is malformed; osctl and osctld must be of the same version");
    }
    if (payload[0] == 0) exit(EXIT_SUCCESS);
    die(EXIT_HOOK_FAILED, "%.*s", (int)(length - 1), (const char *)payload + 1);
}

static void pause_for(long milliseconds) {
    struct timespec pause = {.tv_nsec = milliseconds * 1000000};

    (void)nanosleep(&pause, NULL);
}

_Noreturn void run_hook(const char *instance, int argc, char **argv) {
    struct answer answer;
    long pause = FIRST_PAUSE_MS;

    if (argc < 2 || strcmp(argv[1], "start-host") != 0) {
        die(EXIT_USAGE, "'hook' is what LXC runs before a container's init: osctl hook start-host");
    }
    while (!ask_once(instance, &answer)) {
        pause_for(pause);
        pause = 2 * pause < LONGEST_PAUSE_MS ? 2 * pause : LONGEST_PAUSE_MS;
    }
    end_as(&answer);
}
