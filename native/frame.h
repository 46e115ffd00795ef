/* Frames on their way to the daemon. Layouts: docs/protocol.md. */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_HEADER = 5,
    FRAME_FDS_MAX = 3,
};

/* One frame. Its descriptors travel with its first byte. */
struct frame {
    struct frame *next;
    unsigned char *bytes;
    size_t length;
    size_t capacity;
    size_t sent;
    int fds[FRAME_FDS_MAX];
    size_t fd_count;
};

/* What the daemon has not taken yet; all zeroes when empty. */
struct outbox {
    struct frame *first;
    struct frame *last;
    bool deaf; /* the daemon reads no more, though its last frames may still be on their way here */
};

struct frame *new_frame(char type);

void put(struct frame *frame, const void *bytes, size_t length);
void put_u8(struct frame *frame, uint8_t value);
void put_u16(struct frame *frame, uint16_t value);
void put_u32(struct frame *frame, uint32_t value);
void put_string(struct frame *frame, const char *string);

/* Takes ownership of frame, and of its descriptors other than the standard ones. */
void enqueue(struct outbox *outbox, struct frame *frame);

/* Sends as much as the socket takes without waiting. */
void flush(struct outbox *outbox, int socket);

uint32_t u32_at(const unsigned char *bytes);

#endif
