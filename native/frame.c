#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"

void put(struct frame *frame, const void *bytes, size_t length) {
    if (frame->capacity - frame->length < length) {
        size_t capacity = 2 * (frame->capacity + length);
        unsigned char *grown = realloc(frame->bytes, capacity);
        if (grown == NULL) die(EXIT_LOST, "out of memory");
        frame->bytes = grown;
        frame->capacity = capacity;
    }
    memcpy(frame->bytes + frame->length, bytes, length);
    frame->length += length;
}

void put_u8(struct frame *frame, uint8_t value) {
    put(frame, &value, sizeof(value));
}

void put_u16(struct frame *frame, uint16_t value) {
    put_u8(frame, (uint8_t)(value & 0xff));
    put_u8(frame, (uint8_t)(value >> 8));
}

void put_u32(struct frame *frame, uint32_t value) {
    put_u16(frame, (uint16_t)(value & 0xffff));
    put_u16(frame, (uint16_t)(value >> 16));
}

void put_string(struct frame *frame, const char *string) {
    put(frame, string, strlen(string) + 1);
}

struct frame *new_frame(char type) {
    struct frame *frame = calloc(1, sizeof(*frame));

    if (frame == NULL) die(EXIT_LOST, "out of memory");
    put_u32(frame, 0);
    put_u8(frame, (uint8_t)type);
    return frame;
}

void enqueue(struct outbox *outbox, struct frame *frame) {
    size_t payload = frame->length - FRAME_HEADER;

    if (payload > UINT32_MAX) die(EXIT_USAGE, "the command line is too long");
    for (size_t i = 0; i < 4; i++) frame->bytes[i] = (unsigned char)(payload >> (8 * i));
    if (outbox->first == NULL) {
        outbox->first = frame;
    } else {
        outbox->last->next = frame;
    }
    outbox->last = frame;
}

/* Descriptors beyond the standard ones were opened for their frame alone. */
static void dequeue(struct outbox *outbox) {
    struct frame *frame = outbox->first;

    outbox->first = frame->next;
    for (size_t i = 0; i < frame->fd_count; i++) {
        if (frame->fds[i] > STDERR_FILENO) close(frame->fds[i]);
    }
    free(frame->bytes);
    free(frame);
}

static ssize_t send_part(int socket, const struct frame *frame) {
    union {
        struct cmsghdr aligned;
        char space[CMSG_SPACE(sizeof(int) * FRAME_FDS_MAX)];
    } control = {0};
    struct iovec rest = {.iov_base = frame->bytes + frame->sent, .iov_len = frame->length - frame->sent};
    struct msghdr message = {.msg_iov = &rest, .msg_iovlen = 1};

    if (frame->sent == 0 && frame->fd_count > 0) {
        size_t size = sizeof(int) * frame->fd_count;
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(rights), frame->fds, size);
    }
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void flush(struct outbox *outbox, int socket) {
    while (outbox->first != NULL) {
        struct frame *frame = outbox->first;
        ssize_t sent = outbox->deaf ? (ssize_t)(frame->length - frame->sent) : send_part(socket, frame);
        if (sent >= 0) {
            frame->sent += (size_t)sent;
            if (frame->sent == frame->length) dequeue(outbox);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            outbox->deaf = true;
        } else if (errno != EINTR) {
            die(EXIT_LOST, "cannot send to the daemon: %s", strerror(errno));
        }
    }
}

uint32_t u32_at(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}
