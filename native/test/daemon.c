#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon.h"

char osctl[PATH_MAX];

int listen_at(const char *instance) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "/run/%s", instance);
    CHECK(mkdir(address.sun_path, 0700) == 0 || errno == EEXIST);
    snprintf(address.sun_path, sizeof(address.sun_path), "/run/%s/osctld.sock", instance);
    CHECK(unlink(address.sun_path) == 0 || errno == ENOENT);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 1) == 0);
    return fd;
}

struct session call(const char *instance, char *const argv[], void (*prepare)(void)) {
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

uint32_t u32_at(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

struct received next_frame(struct session session) {
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

void expect_signal(struct session session, int number) {
    struct received frame = next_frame(session);
    CHECK(frame.type == 'S' && frame.length == 1 && frame.payload[0] == number);
}

void expect_window(struct session session, int rows, int columns) {
    struct received frame = next_frame(session);
    CHECK(frame.type == 'W' && frame.length == 4);
    CHECK(frame.payload[0] + 256 * frame.payload[1] == rows && frame.payload[2] + 256 * frame.payload[3] == columns);
}

void send_bytes(struct session session, const void *bytes, size_t length) {
    CHECK(send(session.connection, bytes, length, MSG_NOSIGNAL) == (ssize_t)length);
}

void answer_exit(struct session session, int status, int number) {
    const unsigned char frame[] = {2, 0, 0, 0, 'x', (unsigned char)status, (unsigned char)number};
    send_bytes(session, frame, sizeof(frame));
}

void ask_open(struct session session, int flags, unsigned mode, const char *path) {
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

struct received opened(struct session session) {
    struct received frame = next_frame(session);
    CHECK(frame.type == 'O' && frame.length == 4);
    CHECK(frame.fd_count == (u32_at(frame.payload) == 0 ? 1 : 0));
    return frame;
}

void exits_with(struct session session, int expected) {
    int status = status_of(session.relay.pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

void ends_with_message(struct session session, int expected, const char *message) {
    char *errors = read_all(session.relay.errors);
    exits_with(session, expected);
    CHECK(contains(errors, message));
    CHECK(strchr(errors, '\n') == strrchr(errors, '\n'));
}

struct session greeted(void (*prepare)(void)) {
    struct session session = call("osctl", ARGS("osctl", "ct", "ls"), prepare);
    expect_hello(session);
    return session;
}

void lose_working_directory(void) {
    char directory[] = "/run/gone-XXXXXX";
    CHECK(mkdtemp(directory) != NULL && chdir(directory) == 0 && rmdir(directory) == 0);
}

bool prepare_relay(int argc, char **argv) {
    if (argc != 2 || realpath(argv[1], osctl) == NULL) exit(EXIT_FAILURE);
    strcat(osctl, "/osctl");
    (void)umask(0027);
    return private_run();
}
